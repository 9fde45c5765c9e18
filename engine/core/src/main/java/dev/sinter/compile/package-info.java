/**
 * Model to program: {@link dev.sinter.compile.ModelCompiler} runs the passes in order (forward,
 * loss, backward, fold, fuse, plan, verify). It knows no layer: each brings a {@link
 * dev.sinter.compile.LayerRule}. Depends on losses, metrics, programs and errors.
 */
package dev.sinter.compile;
