/**
 * Datasets that Sinter knows by name: MNIST (searched for, downloaded, or generated) and the
 * zero/one digits. Open {@link dev.sinter.datasets.Mnist} first. Depends on data, io and errors.
 */
package dev.sinter.datasets;
