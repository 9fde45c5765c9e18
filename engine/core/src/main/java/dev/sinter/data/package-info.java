/**
 * Input data: tensors, datasets, and readers of IDX and NumPy files. Open {@link
 * dev.sinter.data.Dataset} first. Depends on errors and io; any package that handles data may
 * depend on it.
 */
@NullMarked
package dev.sinter.data;

import org.jspecify.annotations.NullMarked;
