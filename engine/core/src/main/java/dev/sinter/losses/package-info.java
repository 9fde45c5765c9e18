/**
 * What training makes small: {@link dev.sinter.losses.Loss}. Depends on programs (expressions) and
 * errors.
 */
package dev.sinter.losses;
