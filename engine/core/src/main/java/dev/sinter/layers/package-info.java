/**
 * What a model is made of, one record a layer. Open {@link dev.sinter.layers.Dense} first. Each
 * layer brings the rule that computes it. Depends on the compiler's {@link
 * dev.sinter.compile.LayerRule}, on programs and errors.
 */
@NullMarked
package dev.sinter.layers;

import org.jspecify.annotations.NullMarked;
