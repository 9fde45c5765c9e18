/**
 * The optimizers, one record each. Open {@link dev.sinter.optimizers.Sgd} first. Depends on
 * programs (expressions, update rules) and errors.
 */
@NullMarked
package dev.sinter.optimizers;

import org.jspecify.annotations.NullMarked;
