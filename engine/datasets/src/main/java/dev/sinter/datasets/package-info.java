/**
 * The datasets that Sinter provides: MNIST (found on disk, downloaded, or generated) and the
 * zero/one digits. Open {@link dev.sinter.datasets.Mnist} first. Depends on data, io and errors.
 */
@NullMarked
package dev.sinter.datasets;

import org.jspecify.annotations.NullMarked;
