package dev.sinter.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.backend.Precision;
import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Op.CrossEntropyKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The oracle against itself: its gradients are the finite differences of its losses. */
class OracleTest {
  private static final double H = 1e-5;
  private final Samples samples = new Samples(61);
  private final Oracle oracle = new Oracle(Tolerance.FLOAT32);

  @ParameterizedTest
  @EnumSource(CrossEntropyKind.class)
  void crossEntropy_gradient_isTheFiniteDifferenceOfTheMeanLoss(CrossEntropyKind kind) {
    double[][] z = samples.normal(5, 4);
    double[][] y =
        kind == CrossEntropyKind.SOFTMAX_SPARSE
            ? samples.indices(5, 1, 4)
            : samples.distributions(5, 4);
    Approximate[][] dz = Oracle.crossEntropy(kind, z, y).dz();
    for (int row = 0; row < 5; row++) {
      for (int column = 0; column < 4; column++) {
        double middle = z[row][column];
        z[row][column] = middle + H;
        double above = Oracle.crossEntropy(kind, z, y).loss().value();
        z[row][column] = middle - H;
        double below = Oracle.crossEntropy(kind, z, y).loss().value();
        z[row][column] = middle;
        // The rows of soft targets add up to 1 within a rounding to float32.
        assertThat(dz[row][column].value())
            .as("%s [%d, %d], seed 61", kind, row, column)
            .isCloseTo((above - below) / (2 * H) / 5, within(1e-7));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ActivationFunction.class,
      names = {"LINEAR", "RELU", "SIGMOID", "TANH"})
  void dense_gradients_areFiniteDifferences(ActivationFunction f) {
    double[][] x = samples.normal(3, 4);
    double[][] w = samples.normal(4, 2);
    double[][] next = samples.normal(2, 5); // a = f(x w), loss = sum of c * (a next)
    double[][] c = samples.normal(3, 5);
    double[][] a = values(oracle.dense(x, w, null, f));
    double[][] output = f == ActivationFunction.LINEAR ? null : a;
    double[][] dz = values(oracle.denseGradInput(c, next, f, output));
    Approximate[][] dw = oracle.denseGradWeights(x, dz);
    for (int input = 0; input < 4; input++) {
      for (int unit = 0; unit < 2; unit++) {
        double middle = w[input][unit];
        w[input][unit] = middle + H;
        double above = loss(x, w, f, next, c);
        w[input][unit] = middle - H;
        double below = loss(x, w, f, next, c);
        w[input][unit] = middle;
        assertThat(dw[input][unit].value())
            .as("%s [%d, %d], seed 61", f, input, unit)
            .isCloseTo((above - below) / (2 * H), within(1e-7));
      }
    }
  }

  private double loss(
      double[][] x, double[][] w, ActivationFunction f, double[][] next, double[][] c) {
    double[][] a = values(oracle.dense(x, w, null, f));
    double[][] o = values(oracle.dense(a, next, null, ActivationFunction.LINEAR));
    double sum = 0;
    for (int row = 0; row < o.length; row++) {
      for (int column = 0; column < o[0].length; column++) {
        sum += c[row][column] * o[row][column];
      }
    }
    return sum;
  }

  private static double[][] values(Approximate[][] x) {
    double[][] values = new double[x.length][x[0].length];
    for (int row = 0; row < x.length; row++) {
      for (int column = 0; column < x[0].length; column++) {
        values[row][column] = x[row][column].value();
      }
    }
    return values;
  }

  /** Bounds hold for float32 arithmetic, and are not too wide. */
  @Test
  void approximate_floatComputations_areWithinBoundsOfTheirSize() {
    double[][] numbers = samples.uniform(1000, 3, -2, 2);
    for (double[] row : numbers) {
      float x = (float) row[0];
      float y = (float) row[1];
      float z = (float) row[2];
      float computed = (float) Math.exp(x * y + z) / (1 + y * y);
      Approximate ax = Approximate.exact(x);
      Approximate ay = Approximate.exact(y);
      Approximate expected =
          ax.times(ay)
              .plus(Approximate.exact(z))
              .exp()
              .over(Approximate.exact(1).plus(ay.square()));
      assertThat(expected.accepts(computed)).as("%s, %s, %s, seed 61", x, y, z).isTrue();
      assertThat(expected.error()).isLessThan(1e-5 * expected.value() + 1e-30);
    }
  }

  @Test
  void approximate_specialNumbers_areMetExactly() {
    assertThat(Approximate.exact(Double.NaN).accepts(Float.NaN)).isTrue();
    assertThat(Approximate.exact(Double.NaN).accepts(0)).isFalse();
    assertThat(Approximate.exact(1).accepts(Float.NaN)).isFalse();
    assertThat(Approximate.exact(1e300).accepts(Float.POSITIVE_INFINITY)).isTrue();
    assertThat(Approximate.exact(1e300).accepts(Float.NEGATIVE_INFINITY)).isFalse();
    assertThat(Approximate.exact(1).accepts(Math.nextUp(1f))).isFalse();
    assertThat(Approximate.rounded(0.1).accepts(0.1f)).isTrue();
  }

  @Test
  void tolerance_reductionLength_growsWithTheRootOnceItIsLong() {
    assertThat(Tolerance.sum(0)).isZero();
    assertThat(Tolerance.sum(1)).isCloseTo(0x1p-24, within(1e-14));
    assertThat(Tolerance.sum(36)).isCloseTo(36 * 0x1p-24, within(1e-10));
    assertThat(Tolerance.sum(10_000)).isEqualTo(600 * 0x1p-24);
    assertThat(Tolerance.of(Precision.TF32).dot(1)).isGreaterThan(0x1p-10);
  }
}
