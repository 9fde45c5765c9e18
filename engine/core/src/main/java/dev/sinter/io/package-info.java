/**
 * Files: written whole or not at all, checked before they are read, and the folder for what can be
 * made again. Open {@link dev.sinter.io.AtomicFile} first. Depends on errors only.
 */
package dev.sinter.io;
