/**
 * What a person touches: {@link dev.sinter.Sequential}, {@link dev.sinter.Fit}, {@link
 * dev.sinter.History}. Open {@link dev.sinter.Model} first, then {@code CompiledModel} and {@code
 * Trainer}: fit to chunk. Depends on all packages of the core but callbacks and the reference
 * backend.
 */
@NullMarked
package dev.sinter;

import org.jspecify.annotations.NullMarked;
