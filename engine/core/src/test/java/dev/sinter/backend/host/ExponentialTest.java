package dev.sinter.backend.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class ExponentialTest {
  private static double exp(double x) {
    double[] values = {x};
    new Exponential(1).apply(values, 1);
    return values[0];
  }

  @Test
  void apply_overItsRange_isExpTo1e11() {
    Random random = new Random(1);
    double[] x = new double[10_000];
    for (int i = 0; i < x.length; i++) {
      x[i] = random.nextDouble() * 1400 - 700;
    }
    double[] result = x.clone();
    new Exponential(x.length).apply(result, x.length);
    for (int i = 0; i < x.length; i++) {
      double expected = Math.exp(x[i]);
      assertThat(result[i]).as("exp(%s)", x[i]).isCloseTo(expected, within(expected * 2e-11));
    }
  }

  @Test
  void apply_zero_isExactly1() {
    assertThat(exp(0)).isEqualTo(1);
    assertThat(exp(-0.0)).isEqualTo(1);
  }

  @Test
  void apply_beyondTheRange_staysFinite() {
    assertThat((float) exp(-1e300)).isZero();
    assertThat((float) exp(Double.NEGATIVE_INFINITY)).isZero();
    assertThat(exp(Double.POSITIVE_INFINITY)).isGreaterThan(1e304).isFinite();
  }

  @Test
  void apply_nan_isNan() {
    assertThat(exp(Double.NaN)).isNaN();
  }

  @Test
  void apply_fewerThanAll_leavesTheRest() {
    double[] values = {1, 1};
    new Exponential(2).apply(values, 1);
    assertThat(values[1]).isEqualTo(1);
  }
}
