package dev.sinter.callbacks;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Numbers as Python prints them, in the messages and tables that Keras prints them in. */
final class PythonNumber {
  private static final int MAX_DIGITS = 17; // enough for every double

  private PythonNumber() {}

  /**
   * Returns Python's repr: the fewest digits that give the number back; an exponent below 1e-4 and
   * from 1e16 on.
   */
  static String of(double value) {
    if (Double.isNaN(value)) {
      return "nan";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "inf" : "-inf";
    }
    if (value == 0) {
      return 1 / value > 0 ? "0.0" : "-0.0";
    }
    BigDecimal shortest = shortest(value);
    int exponent = shortest.precision() - shortest.scale() - 1;
    if (exponent >= -4 && exponent < 16) {
      String plain = shortest.toPlainString();
      return plain.contains(".") ? plain : plain + ".0";
    }
    String digits = shortest.unscaledValue().abs().toString();
    return (value < 0 ? "-" : "")
        + digits.charAt(0)
        + (digits.length() > 1 ? "." + digits.substring(1) : "")
        + String.format(Locale.ROOT, "e%+03d", exponent);
  }

  /** Formats a number as String.format does; one that is not finite as Python prints it. */
  static String format(String format, double value) {
    return Double.isFinite(value) ? String.format(Locale.ROOT, format, value) : of(value);
  }

  /** Not Double.toString: before JDK 19 it gives a digit too many for some numbers. */
  private static BigDecimal shortest(double value) {
    BigDecimal exact = new BigDecimal(value);
    for (int digits = 1; digits < MAX_DIGITS; digits++) {
      BigDecimal rounded = exact.round(new MathContext(digits));
      if (rounded.doubleValue() == value) {
        return rounded.stripTrailingZeros();
      }
    }
    return exact.round(new MathContext(MAX_DIGITS)).stripTrailingZeros();
  }
}
