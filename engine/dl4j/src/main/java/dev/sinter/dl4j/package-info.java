/**
 * Networks of DeepLearning4J: trained by Sinter, turned into models and back, and their files. Open
 * {@link dev.sinter.dl4j.Dl4j} first. Depends on the core and on DL4J; nothing depends on it.
 */
@NullMarked
package dev.sinter.dl4j;

import org.jspecify.annotations.NullMarked;
