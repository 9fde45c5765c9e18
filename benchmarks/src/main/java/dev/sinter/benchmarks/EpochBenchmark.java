package dev.sinter.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One call of fit as users train, in samples per second: 60 000 samples are one epoch of MNIST, or
 * 60 of digits01. For Sinter it includes checking, uploading and shuffling the data; peers use
 * batches prepared before the measurement.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xmx4g", "-Djava.awt.headless=true"})
public class EpochBenchmark {
  /** Samples per invocation. */
  static final int SAMPLES = 60_000;

  /** A trainer warmed up with whole calls of fit. */
  @State(Scope.Benchmark)
  public static class FitState extends TrainerState {
    @Override
    void practise(int samples) {
      contender().fit((samples + work().train().size() - 1) / work().train().size());
    }

    int epochs() {
      return SAMPLES / work().train().size();
    }
  }

  /** Trains 60 000 samples in one call of fit. */
  @Benchmark
  @OperationsPerInvocation(SAMPLES)
  public void fit(FitState state) {
    state.contender().fit(state.epochs());
  }
}
