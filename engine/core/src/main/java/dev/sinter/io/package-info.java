/**
 * Files: atomic writing, checks before reading, and the cache folder. Open {@link
 * dev.sinter.io.AtomicFile} first. Depends on errors only.
 */
@NullMarked
package dev.sinter.io;

import org.jspecify.annotations.NullMarked;
