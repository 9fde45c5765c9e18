/**
 * What goes in: tensors, datasets, and the readers that make them (IDX, NumPy, MNIST, the zero/one
 * digits, generated digits). Open {@link dev.sinter.data.Dataset} first. Depends on errors only;
 * everything that touches data may depend on it.
 */
package dev.sinter.data;
