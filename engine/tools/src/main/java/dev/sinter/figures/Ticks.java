package dev.sinter.figures;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Round numbers along an axis: multiples of 1, 2 or 5 times a power of ten.
 *
 * @param step the distance between two numbers, above 0
 * @param first the smallest number, a multiple of the step
 * @param count at least 1
 */
record Ticks(double step, double first, int count) {
  /**
   * Returns the round numbers within a range, about as many as wanted, and only whole numbers if
   * {@code whole}.
   */
  static Ticks within(double low, double high, int wanted, boolean whole) {
    double rough = (high - low) / Math.max(1, wanted);
    double power = Math.pow(10, Math.floor(Math.log10(rough)));
    double step = 10 * power;
    for (double factor : new double[] {1, 2, 5}) {
      if (factor * power >= rough * 0.8) {
        step = factor * power;
        break;
      }
    }
    step = whole ? Math.max(1, step) : step;
    double first = Math.ceil(low / step - 1e-9) * step;
    int count = (int) Math.floor((high - first) / step + 1e-9) + 1;
    return new Ticks(step, first, Math.max(1, count));
  }

  /** Returns the smallest of 1, 2, 5, 10, 20, ... that is at least {@code least}. */
  static int every(double least) {
    for (int power = 1; ; power *= 10) {
      for (int factor : new int[] {1, 2, 5}) {
        if (factor * power >= least) {
          return factor * power;
        }
      }
    }
  }

  List<Double> values() {
    return IntStream.range(0, count).mapToObj(i -> first + i * step).toList();
  }

  /** Formats a number with the digits that the step needs. */
  String format(double value) {
    double largest = Math.max(Math.abs(first), Math.abs(first + (count - 1) * step));
    if (largest >= 1e6 || step < 1e-5) {
      return value == 0 ? "0" : String.format(Locale.ROOT, "%.3g", value);
    }
    int digits = (int) Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
    double rounded = Math.abs(value) < step / 2 ? 0 : value; // no "-0.0"
    return String.format(Locale.ROOT, "%." + digits + "f", rounded);
  }
}
