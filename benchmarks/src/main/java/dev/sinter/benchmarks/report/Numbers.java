package dev.sinter.benchmarks.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Numbers as tables and charts print them: three significant digits, thousands apart. */
final class Numbers {
  /** Stands where there is no number. */
  static final String NONE = "-";

  private static final int DIGITS = 3;

  private Numbers() {}

  /** Returns such as 101 000, 53.9 or 0.00123. */
  static String of(double value) {
    if (!Double.isFinite(value)) {
      return NONE;
    }
    BigDecimal rounded = BigDecimal.valueOf(value).round(new MathContext(DIGITS));
    if (rounded.abs().compareTo(BigDecimal.valueOf(100)) < 0) {
      int decimals = Math.max(0, DIGITS - (rounded.precision() - rounded.scale()));
      return rounded.signum() == 0 ? "0" : rounded.setScale(decimals).toPlainString();
    }
    return String.format(Locale.ROOT, "%,.0f", rounded).replace(',', ' ');
  }

  /** Returns a quotient with three digits, or {@link #NONE} where there is none. */
  static String ratio(double dividend, double divisor) {
    return divisor == 0 ? NONE : of(dividend / divisor);
  }

  /** Returns short text for an axis: 500, 20k, 1M, 0.5. */
  static String axis(double value) {
    if (value >= 1e6) {
      return trimmed(value / 1e6) + "M";
    }
    return value >= 1e3 ? trimmed(value / 1e3) + "k" : trimmed(value);
  }

  private static String trimmed(double value) {
    return BigDecimal.valueOf(value)
        .round(new MathContext(DIGITS))
        .stripTrailingZeros()
        .toPlainString();
  }
}
