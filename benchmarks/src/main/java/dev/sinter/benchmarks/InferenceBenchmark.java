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

/** Predictions of 10 000 images by a trained network, in samples per second. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xmx4g", "-Djava.awt.headless=true"})
public class InferenceBenchmark {
  /** Samples per invocation. */
  static final int SAMPLES = Workload.TEST_SAMPLES;

  /**
   * Predicts as users do, with {@code Model.predict}, which uploads the images, divides them into
   * batches and returns a tensor. Peers use batches of the size of the parameter, prepared before.
   */
  @Benchmark
  @OperationsPerInvocation(SAMPLES)
  public double predict(TrainerState state) {
    return state.contender().predict();
  }

  /** Runs bare forward steps with the batch size of the parameter. */
  @Benchmark
  @OperationsPerInvocation(SAMPLES)
  public double forward(TrainerState state) {
    return state.contender().forward(state.steps(SAMPLES));
  }
}
