package dev.sinter.program;

/**
 * erf(x) = 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x, to about 1e-16.
 *
 * <p>A table has the Taylor polynomial at every eighth up to 6, from where on erf is 1. Each
 * polynomial begins where the one before ends; its other coefficients follow from erf'' = -2 x
 * erf'.
 */
final class ErrorFunction {
  private static final int PER_UNIT = 8;
  private static final int LAST = 6;
  private static final int TERMS = 14;
  private static final double[][] POLYNOMIALS = new double[LAST * PER_UNIT + 1][TERMS];

  static {
    for (int k = 0; k < POLYNOMIALS.length; k++) {
      double x = (double) k / PER_UNIT;
      double[] c = POLYNOMIALS[k];
      c[0] = k == 0 ? 0 : value(POLYNOMIALS[k - 1], 1.0 / PER_UNIT);
      c[1] = 2 / Math.sqrt(Math.PI) * Math.exp(-x * x);
      for (int n = 0; n + 2 < TERMS; n++) {
        c[n + 2] = -2 * (x * (n + 1) * c[n + 1] + n * c[n]) / ((n + 1.0) * (n + 2));
      }
    }
  }

  private ErrorFunction() {}

  static double erf(double x) {
    double size = Math.min(Math.abs(x), LAST);
    int nearest = (int) Math.rint(size * PER_UNIT);
    double value = value(POLYNOMIALS[nearest], size - (double) nearest / PER_UNIT);
    return Math.copySign(value, x);
  }

  private static double value(double[] coefficients, double x) {
    double value = 0;
    for (int n = TERMS - 1; n >= 0; n--) {
      value = value * x + coefficients[n];
    }
    return value;
  }
}
