package dev.sinter.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Op;
import dev.sinter.program.Value;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Dense, DenseGradWeights and DenseGradInput: products, biases and folded activations. */
interface DenseContract extends ContractTheme {
  /** The activations that can be folded into a dense layer. */
  static List<ActivationFunction> foldableActivations() {
    return Arrays.stream(ActivationFunction.values())
        .filter(ActivationFunction::isFoldable)
        .toList();
  }

  @ParameterizedTest(name = "[{0}, {1}] x [{1}, {2}], {3} replicas")
  @CsvSource({
    "1, 1, 1, 1", "3, 31, 33, 3", "32, 128, 10, 1", "33, 127, 1, 3", "128, 33, 129, 1",
    "127, 3, 32, 3", "129, 32, 31, 1", "31, 1000, 3, 3", "1000, 32, 33, 1", "1, 129, 1000, 1"
  })
  default void dense_everyActivationAndBias_matchesOracle(
      int batch, int inputs, int units, int replicas) {
    long seed = 1000L * batch + units;
    OpRun run = opRun(replicas, seed);
    Samples samples = new Samples(seed);
    Value x = run.input("x", () -> samples.normal(batch, inputs));
    Value w = run.input("w", () -> samples.normal(inputs, units, 1 / Math.sqrt(inputs)));
    Value b = run.input("b", () -> samples.normal(1, units));
    for (ActivationFunction f : foldableActivations()) {
      run.op(new Op.Dense(f + "/bias", x, w, b, f, run.output(f + "/bias/a", batch, units)));
      run.op(new Op.Dense(f + "/plain", x, w, null, f, run.output(f + "/plain/a", batch, units)));
    }
    run.run(batch);
    for (int replica = 0; replica < replicas; replica++) {
      for (ActivationFunction f : foldableActivations()) {
        double[][] kernel = run.in(w, replica);
        double[][] rows = run.in(x, replica);
        run.check(
            ProgramFixture.temporary(f + "/bias/a", batch, units),
            replica,
            oracle().dense(rows, kernel, run.in(b, replica), f));
        run.check(
            ProgramFixture.temporary(f + "/plain/a", batch, units),
            replica,
            oracle().dense(rows, kernel, null, f));
      }
    }
  }

  @ParameterizedTest(name = "[{0}, {1}]T x [{0}, {2}], {3} replicas")
  @CsvSource({
    "1, 1, 1, 1", "3, 31, 33, 3", "32, 129, 10, 1", "33, 127, 1, 3", "128, 33, 129, 1",
    "127, 3, 32, 3", "129, 32, 31, 1", "31, 1000, 3, 3", "1000, 32, 33, 1", "1, 128, 1000, 1"
  })
  default void denseGradWeights_withAndWithoutBias_matchesOracle(
      int batch, int inputs, int units, int replicas) {
    long seed = 2000L * batch + units;
    OpRun run = opRun(replicas, seed);
    Samples samples = new Samples(seed);
    Value x = run.input("x", () -> samples.normal(batch, inputs));
    Value dz = run.input("dz", () -> samples.normal(batch, units, 1.0 / batch));
    Value dWeights = run.gradient("w", inputs, units);
    Value dBias = run.gradient("b", 1, units);
    Value plain = run.gradient("plain", inputs, units);
    run.op(new Op.DenseGradWeights("with bias", x, dz, dWeights, dBias));
    run.op(new Op.DenseGradWeights("without bias", x, dz, plain, null));
    run.run(batch);
    for (int replica = 0; replica < replicas; replica++) {
      Approximate[][] expected = oracle().denseGradWeights(run.in(x, replica), run.in(dz, replica));
      run.check(dWeights, replica, expected);
      run.check(plain, replica, expected);
      run.check(dBias, replica, oracle().denseGradBias(run.in(dz, replica)));
    }
  }

  @ParameterizedTest(name = "[{0}, {2}] x [{1}, {2}]T, {3} replicas")
  @CsvSource({
    "1, 1, 1, 1", "3, 31, 33, 3", "32, 129, 10, 1", "33, 127, 1, 3", "128, 33, 129, 1",
    "127, 3, 32, 3", "129, 32, 31, 1", "31, 3, 1000, 3", "1000, 32, 33, 1", "1, 1000, 128, 1"
  })
  default void denseGradInput_everyActivation_matchesOracle(
      int batch, int inputs, int units, int replicas) {
    long seed = 3000L * batch + units;
    OpRun run = opRun(replicas, seed);
    Samples samples = new Samples(seed);
    Value dz = run.input("dz", () -> samples.normal(batch, units, 1.0 / batch));
    Value w = run.input("w", () -> samples.normal(inputs, units));
    // Outputs of an activation: in the range of sigmoid and tanh, half of them 0 as in relu.
    Value a = run.input("a", () -> relu(samples.uniform(batch, inputs, -1, 1)));
    for (ActivationFunction f : foldableActivations()) {
      Value output = f == ActivationFunction.LINEAR ? null : a;
      run.op(new Op.DenseGradInput(f + "", dz, w, f, output, run.output(f + "/dx", batch, inputs)));
    }
    run.run(batch);
    for (int replica = 0; replica < replicas; replica++) {
      for (ActivationFunction f : foldableActivations()) {
        double[][] output = f == ActivationFunction.LINEAR ? null : run.in(a, replica);
        run.check(
            ProgramFixture.temporary(f + "/dx", batch, inputs),
            replica,
            oracle().denseGradInput(run.in(dz, replica), run.in(w, replica), f, output));
      }
    }
  }

  private static double[][] relu(double[][] values) {
    for (double[] row : values) {
      for (int column = 0; column < row.length; column++) {
        row[column] = Math.max(row[column], 0);
      }
    }
    return values;
  }

  @Test
  default void dense_nanInOneRow_staysNanThereAndNowhereElse() {
    OpRun run = opRun(1, 4);
    Samples samples = new Samples(4);
    Value x =
        run.input(
            "x",
            () -> {
              double[][] rows = samples.normal(33, 31);
              rows[7][30] = Double.NaN;
              return rows;
            });
    Value w = run.input("w", () -> samples.normal(31, 33));
    for (ActivationFunction f : foldableActivations()) {
      run.op(new Op.Dense(f + "", x, w, null, f, run.output(f + "/a", 33, 33)));
    }
    run.run(33);
    for (ActivationFunction f : foldableActivations()) {
      float[] a = run.out(ProgramFixture.temporary(f + "/a", 33, 33), 0);
      for (int i = 0; i < a.length; i++) {
        if (i / 33 == 7 && f == ActivationFunction.RELU && !reluPropagatesNan()) {
          assertThat(a[i]).as("relu, NaN or 0").isIn(Float.NaN, 0f);
        } else {
          assertThat(Float.isNaN(a[i])).as("%s, row %d is NaN", f, i / 33).isEqualTo(i / 33 == 7);
        }
      }
    }
  }

  @Test
  default void dense_saturatedActivations_stayInRange() {
    OpRun run = opRun(1, 5);
    double[] logits = {-1e30, -1000, -100, -89, 0, 89, 100, 1000, 1e30};
    Value x = run.input("x", () -> new double[][] {{1}});
    Value w = run.input("w", () -> new double[][] {logits.clone()});
    for (ActivationFunction f : foldableActivations()) {
      run.op(new Op.Dense(f + "", x, w, null, f, run.output(f + "/a", 1, logits.length)));
    }
    run.run(1);
    for (ActivationFunction f : foldableActivations()) {
      Approximate[][] expected = oracle().dense(run.in(x, 0), run.in(w, 0), null, f);
      run.check(ProgramFixture.temporary(f + "/a", 1, logits.length), 0, expected);
    }
  }
}
