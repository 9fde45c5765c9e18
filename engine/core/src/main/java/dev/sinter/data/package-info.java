/**
 * What goes in: tensors, datasets, and the readers that make them from files (IDX, NumPy). Open
 * {@link dev.sinter.data.Dataset} first. Depends on errors and io; everything that touches data may
 * depend on it.
 */
package dev.sinter.data;
