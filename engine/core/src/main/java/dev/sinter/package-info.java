/**
 * What a person touches: {@link dev.sinter.Sequential}, {@link dev.sinter.Fit}, {@link
 * dev.sinter.History}. Open {@link dev.sinter.Model} first, then {@code CompiledModel} and {@code
 * Trainer}: fit to chunk. Depends on the compiler, the backends' interface and their floor on the
 * host, data and report; only recipes and the command line depend on it.
 */
@NullMarked
package dev.sinter;

import org.jspecify.annotations.NullMarked;
