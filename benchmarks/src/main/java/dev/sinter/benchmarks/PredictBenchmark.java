package dev.sinter.benchmarks;

import dev.sinter.Predictor;
import dev.sinter.errors.InputException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Predictions of one image after another by a trained network, images a second: what a service
 * does. JMH's {@code -t 2} has two threads ask the same network.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xmx4g", "-Djava.awt.headless=true"})
public class PredictBenchmark {
  private static final int ROWS = 1000;

  /** A trainer, and the images as arrays. */
  public static class Rows extends TrainerState {
    private float[][] rows; // [ROWS][I]

    @Override
    void open(Workload given) {
      super.open(given);
      rows = given.test().take(ROWS).x().toRows();
    }

    float[] row(Cursor cursor) {
      cursor.next = (cursor.next + 1) % ROWS;
      return rows[cursor.next];
    }
  }

  /** A predictor of Sinter besides. */
  public static class PredictorRows extends Rows {
    private Predictor predictor;

    @Override
    void open(Workload given) {
      super.open(given);
      if (!(contender() instanceof SinterContender sinter)) {
        throw InputException.of(
            "PredictBenchmark.predictor",
            "a backend of Sinter",
            trainer,
            "Measure peers with PredictBenchmark.output");
      }
      predictor = sinter.predictor();
    }
  }

  /** Where a thread is among the images. */
  @State(Scope.Thread)
  public static class Cursor {
    private int next;
  }

  /** {@code Model.predict} of a backend; {@code output} of DL4J, {@code predict} of DJL. */
  @Benchmark
  public float[] output(Rows state, Cursor cursor) {
    return state.contender().output(state.row(cursor));
  }

  /** Sinter's {@code Predictor}, on no backend. */
  @Benchmark
  public float[] predictor(PredictorRows state, Cursor cursor) {
    return state.predictor.predict(state.row(cursor));
  }
}
