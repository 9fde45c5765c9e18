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

/** Predictions of 10 000 images by a trained network, samples a second. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xmx4g", "-Djava.awt.headless=true"})
public class InferenceBenchmark {
  /** Samples an invocation. */
  static final int SAMPLES = Work.TEST_SAMPLES;

  /**
   * As users predict: {@code Model.predict}, which uploads the images, cuts them into batches of
   * its own and returns a tensor; peers take batches of the parameter's size, made before.
   */
  @Benchmark
  @OperationsPerInvocation(SAMPLES)
  public double predict(TrainerState state) {
    return state.contender().predict();
  }

  /** Bare forward steps of the parameter's batch. */
  @Benchmark
  @OperationsPerInvocation(SAMPLES)
  public double forward(TrainerState state) {
    return state.contender().forward(state.steps(SAMPLES));
  }
}
