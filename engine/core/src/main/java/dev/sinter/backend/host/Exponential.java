package dev.sinter.backend.host;

/**
 * exp(x) over arrays, to about 1e-11: 2^k times a polynomial of degree 9 of the remainder.
 *
 * <p>One loop, which C2 vectorizes, does all arithmetic; a second loop computes only the powers of
 * two. {@link Math#exp} is not vectorized and takes five times as long.
 */
final class Exponential {
  private static final double LOWEST =
      -700; // exp(-700) = 1e-304: 0 in float32, not subnormal in double
  private static final double HIGHEST = 700;
  private static final double LOG2_E = 1 / Math.log(2);
  private static final double LN_2 = Math.log(2);

  /** Adding and subtracting this number rounds to an integer. */
  private static final double ROUND = 0x1.8p52;

  private final double[] exponents;

  /** Prepares for arrays of up to n numbers. */
  Exponential(int n) {
    this.exponents = new double[n];
  }

  /** x = exp(x) for the first n numbers; arguments are clamped to [-700, 700]. */
  void apply(double[] x, int n) {
    reduce(x, exponents, n);
    for (int i = 0; i < n; i++) {
      x[i] *= Double.longBitsToDouble(((long) exponents[i] + 1023) << 52);
    }
  }

  /** x = exp(x - k ln 2) with integers k. */
  private static void reduce(double[] x, double[] k, int n) {
    for (int i = 0; i < n; i++) {
      double argument = Math.min(Math.max(x[i], LOWEST), HIGHEST);
      double whole = argument * LOG2_E + ROUND - ROUND;
      double t = argument - whole * LN_2;
      k[i] = whole;
      double end = 1 / 5_040.0 + t * (1 / 40_320.0 + t * (1 / 362_880.0));
      double middle = 1 / 24.0 + t * (1 / 120.0 + t * (1 / 720.0 + t * end));
      x[i] = 1 + t * (1 + t * (1 / 2.0 + t * (1 / 6.0 + t * middle)));
    }
  }
}
