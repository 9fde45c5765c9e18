/**
 * Samples per second, measured by JMH. Open {@link dev.sinter.benchmarks.TrainBenchmark} first;
 * {@code scripts/bench} runs them. Depends on everything; nothing depends on it.
 */
package dev.sinter.benchmarks;
