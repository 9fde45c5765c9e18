/**
 * What a model is made of, one record a layer. Open {@link dev.sinter.layers.Dense} first. Depends
 * on programs (activation functions, random numbers) and errors.
 */
package dev.sinter.layers;
