package dev.sinter.compile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.Chunk;
import dev.sinter.backend.Feed;
import dev.sinter.backend.Resident;
import dev.sinter.backend.Session;
import dev.sinter.backend.reference.ReferenceProvider;
import dev.sinter.data.Tensor;
import dev.sinter.losses.Loss;
import dev.sinter.optimizers.Sgd;
import dev.sinter.program.Program;
import dev.sinter.program.State;
import dev.sinter.program.Value;
import dev.sinter.testkit.Samples;
import dev.sinter.testkit.TestLabels;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Offset;

/** One batch on the reference backend, and a check of gradients by its loss. */
record ReferenceBatch(Tensor x, Tensor y, Tensor weights, int... order) {
  /** The difference quotient errs by about h^2 = 2^-14 and by 2^-24 / h = 2^-17. */
  private static final float STEP = 0x1p-7f;

  /** Relative to the largest gradient of the same weight. */
  private static final double BOUND = 1e-2;

  /** Smaller gradients would show the errors of the difference quotient. */
  private static final double SMALLEST_GRADIENT = 0.02;

  /** Returns samples and labels for a loss, each sample once with weight 1. */
  static ReferenceBatch of(Loss loss, int size, int features, int outputs) {
    Samples samples = new Samples(21);
    int columns = loss.labelColumns(outputs);
    double[][] y = TestLabels.of(loss, samples, size, outputs);
    int[] order = new int[size];
    Arrays.setAll(order, row -> row);
    return new ReferenceBatch(
        Tensor.of(samples.floats(size * features), size, features),
        Tensor.of(Samples.flatten(y), size, columns),
        null,
        order);
  }

  /** Returns the objective for tests that check only gradients. */
  static Objective objective(Loss loss, boolean weighted) {
    return new Objective(new Sgd(1).rule(), loss, List.of(), weighted);
  }

  /** Returns the same samples with other weights, in another order. */
  ReferenceBatch weighing(float[] other, int... rows) {
    return new ReferenceBatch(x, y, other == null ? null : Tensor.of(other, other.length), rows);
  }

  int size() {
    return order.length;
  }

  /** Returns a state with distinct parameters; everything else is 0. */
  static float[] initial(State state) {
    Samples samples = new Samples(22);
    float[] initial = new float[state.size()];
    for (Value parameter : state.parameters()) {
      float[] values = Samples.flatten(samples.normal(1, parameter.shape().size(), 0.7));
      System.arraycopy(values, 0, initial, state.offsetOf(parameter), values.length);
    }
    return initial;
  }

  /** Runs one step at a learning rate of 0.1; changes the state and returns the results. */
  float[] run(Program program, float[] state) {
    float[] results = new float[program.resultSize()];
    try (Session session =
            new ReferenceProvider().open(BackendOptions.DEFAULT).open(program.state());
        Resident data = session.upload(x, y, weights, 1, 0)) {
      session.write(0, state);
      session
          .prepare(List.of(program))
          .get(0)
          .run(new Feed(data, order), new Chunk(0, 1, 0, new double[] {0.1}), results);
      session.read(0, state);
    }
    return results;
  }

  /** Returns the state after the gradients program, on {@link #initial}. */
  float[] gradients(ModelCompiler compiler) {
    float[] state = initial(compiler.state());
    run(compiler.gradients(size(), y.shape()[1]), state);
    return state;
  }

  /** Checks each gradient against central differences of the loss of the evaluate program. */
  void checkGradients(ModelCompiler compiler) {
    State layout = compiler.state();
    float[] state = initial(layout);
    float[] received = gradients(compiler);
    Program evaluate = compiler.evaluate(size(), y.shape()[1]);
    for (Value parameter : layout.parameters()) {
      int from = layout.offsetOf(parameter);
      double[] expected = new double[parameter.shape().size()];
      Arrays.setAll(expected, i -> quotient(evaluate, state, from + i));
      double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
      assertThat(largest).as("largest gradient of %s", parameter).isGreaterThan(SMALLEST_GRADIENT);
      for (int i = 0; i < expected.length; i++) {
        assertThat((double) received[layout.offsetOf(layout.gradientOf(parameter)) + i])
            .as("gradient of %s, element %d, of at most %s", parameter, i, largest)
            .isCloseTo(expected[i], Offset.offset(BOUND * largest));
      }
    }
  }

  private double quotient(Program evaluate, float[] state, int element) {
    double[] losses = new double[2];
    for (int side = 0; side < 2; side++) {
      float[] changed = state.clone();
      changed[element] += side == 0 ? -STEP : STEP;
      losses[side] = run(evaluate, changed)[0];
    }
    long count = Arrays.stream(order).filter(row -> row >= 0).count();
    return (losses[1] - losses[0]) / (2 * STEP) / count;
  }
}
