/**
 * Files: atomic writing, checks before reading, and the cache folder. Open {@link
 * dev.sinter.io.AtomicFile} first. Depends on errors only.
 */
package dev.sinter.io;
