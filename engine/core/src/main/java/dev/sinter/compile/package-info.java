/**
 * Model to program: {@link dev.sinter.compile.ModelCompiler} runs the passes in order (lower, loss,
 * differentiate, plan, verify). Depends on layers, losses, metrics, programs and errors; only the
 * model uses it.
 */
package dev.sinter.compile;
