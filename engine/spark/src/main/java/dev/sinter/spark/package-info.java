/**
 * Training on several machines that Apache Spark places. Depends on the core and on Spark; nothing
 * in the engine depends on it.
 */
@NullMarked
package dev.sinter.spark;

import org.jspecify.annotations.NullMarked;
