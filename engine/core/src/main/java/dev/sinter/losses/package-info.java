/**
 * What training makes small: open {@link dev.sinter.losses.Loss} first; {@link
 * dev.sinter.losses.ElementwiseLoss} for one of your own. Depends on programs (expressions) and
 * errors.
 */
@NullMarked
package dev.sinter.losses;

import org.jspecify.annotations.NullMarked;
