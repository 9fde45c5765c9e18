/**
 * Model to program: {@link dev.sinter.compile.ModelCompiler} runs the passes in order (forward,
 * loss, backward, fold, fuse, plan, verify). It knows no particular layer: each layer supplies a
 * {@link dev.sinter.compile.LayerRule}. Depends on losses, metrics, programs and errors.
 */
@NullMarked
package dev.sinter.compile;

import org.jspecify.annotations.NullMarked;
