/**
 * Models and weights in files: what a format reads and writes, and which formats there are. Open
 * {@link dev.sinter.saving.ModelFormat} first. Depends on layers, losses, metrics, optimizers,
 * data, files and errors.
 */
@NullMarked
package dev.sinter.saving;

import org.jspecify.annotations.NullMarked;
