/**
 * Samples per second, measured by JMH: bare steps, epochs, inference, and the ceilings of a step.
 * Open {@link dev.sinter.benchmarks.StepBenchmark} first, then {@link
 * dev.sinter.benchmarks.TrainerState}; {@code scripts/bench} runs them. Depends on everything;
 * nothing depends on it.
 */
package dev.sinter.benchmarks;
