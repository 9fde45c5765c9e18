package dev.sinter.testkit;

import dev.sinter.backend.Precision;

/**
 * The largest allowed error of a float32 computation, derived from unit roundoff and reduction
 * length; nothing is tuned.
 *
 * <p>One rounding to float32 (to nearest) errs by at most u |x|, u = 2^-24. A sum of n products in
 * any order errs by at most gamma_n sum |a||b|, gamma_n = n u / (1 - n u) (Higham, Accuracy and
 * Stability of Numerical Algorithms, 2002, section 3.1); that holds with fused multiply-adds as
 * well. The worst case needs all roundings to err in one direction. Rounding errors of random data
 * behave as independent, and the sum errs by at most lambda sqrt(n) u sum |a||b| with a probability
 * of at least 1 - 2 exp(-lambda^2 / 2) (Higham and Mary, SIAM J. Sci. Comput. 41(5), 2019). {@link
 * #STATISTICAL_FACTOR} lambda = 6 gives 1 - 3e-8 for each number; the contract compares about 1e6.
 * The smaller of the two bounds is used; it distinguishes a lost or doubled term from rounding: at
 * n = 1000 it is a fifth of gamma_n.
 *
 * <p>With tf32 and bf16 the operands of products are rounded first, to 11 and 8 bits: each product
 * errs by at most 2 u' + u'^2 of itself, u' = 2^-11 or 2^-8, however long the reduction.
 *
 * @param productRoundoff relative error of each product from rounding its operands; 0 for float32
 */
public record Tolerance(double productRoundoff) {
  /** u, the unit roundoff of float32. */
  public static final double UNIT_ROUNDOFF = 0x1p-24;

  /** lambda, see above. */
  public static final double STATISTICAL_FACTOR = 6;

  /**
   * Absolute error of any result: smaller numbers are subnormal, and hardware may flush them to 0.
   */
  public static final double UNDERFLOW = 0x1p-126;

  /**
   * Relative error of exp, log, tanh, sigmoid and pow in units of u: 8 ulps. Libraries guarantee 1
   * to 4 ulps for each; sigmoid is an exponential and a division.
   */
  public static final double FUNCTION_ROUNDOFFS = 16;

  /**
   * Additional absolute error of tanh: libraries may compute it as 1 - 2 / (1 + exp(2 x)), a
   * difference of numbers up to 1 with four roundings of at most u each. ND4J does so, and returns
   * 0 for 1e-30.
   */
  public static final double TANH_ERROR = 4 * UNIT_ROUNDOFF;

  /** Operands exact in float32. */
  public static final Tolerance FLOAT32 = new Tolerance(0);

  /** Returns the tolerance of a backend's precision: float32, tf32 or bf16. */
  public static Tolerance of(Precision precision) {
    return switch (precision) {
      case FLOAT32 -> FLOAT32;
      case TF32 -> new Tolerance(0x1p-10 + 0x1p-22);
      case BF16 -> new Tolerance(0x1p-7 + 0x1p-16);
    };
  }

  /** Returns the error of a float32 sum of n terms, relative to the sum of their magnitudes. */
  public static double sum(long terms) {
    double worst = terms * UNIT_ROUNDOFF / (1 - terms * UNIT_ROUNDOFF);
    double likely = STATISTICAL_FACTOR * Math.sqrt(terms) * UNIT_ROUNDOFF;
    return Math.min(worst, likely);
  }

  /** Returns the error of a sum of n products, relative to the sum of their magnitudes. */
  public double dot(long terms) {
    return sum(terms) + productRoundoff;
  }
}
