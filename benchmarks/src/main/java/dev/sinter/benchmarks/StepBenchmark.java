package dev.sinter.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Bare training steps, in samples per second: gather, forward, loss, backward, update; no shuffle,
 * no history. Peers use batches prepared before the measurement.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xmx4g", "-Djava.awt.headless=true"})
public class StepBenchmark {
  /** Samples per invocation. */
  static final int SAMPLES = 1 << 13;

  /** Trains 8192 samples. */
  @Benchmark
  @OperationsPerInvocation(SAMPLES)
  public double train(TrainerState state) {
    return state.contender().train(state.steps(SAMPLES));
  }
}
