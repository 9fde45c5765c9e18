/**
 * The optimizers, one record each. Open {@link dev.sinter.optimizers.Sgd} first. Depends on
 * programs (expressions, update rules) and errors.
 */
package dev.sinter.optimizers;
