/**
 * How weights follow their gradients, one record an optimizer. Open {@link
 * dev.sinter.optimizers.Sgd} first. Depends on programs (expressions, update rules) and errors.
 */
package dev.sinter.optimizers;
