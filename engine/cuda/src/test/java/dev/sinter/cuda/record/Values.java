package dev.sinter.cuda.record;

import java.util.Locale;

/**
 * An array that a case computes, on the reference backend and on the device.
 *
 * @param columns of a row
 * @param expected by the reference
 * @param received from the device; null if there was nothing to receive
 * @param tolerance absolute, and relative to larger numbers
 */
public record Values(
    String name, int columns, float[] expected, float[] received, double tolerance) {
  /** Returns the index of the first wrong element; -1 if there is none. */
  public int firstWrong() {
    for (int i = 0; received != null && i < expected.length; i++) {
      if (!close(expected[i], received[i], tolerance)) {
        return i;
      }
    }
    return -1;
  }

  private static boolean close(float expected, float received, double tolerance) {
    return Float.compare(expected, received) == 0
        || Math.abs((double) expected - received) <= tolerance * Math.max(1, Math.abs(expected));
  }

  /** Returns where an element is, such as {@code dense/kernel [3, 4]}. */
  String place(int element) {
    return name + " [" + element / columns + ", " + element % columns + "]";
  }

  /** Returns what is wrong, in a line. */
  public String difference() {
    int wrong = 0;
    for (int i = 0; i < expected.length; i++) {
      wrong += close(expected[i], received[i], tolerance) ? 0 : 1;
    }
    int first = firstWrong();
    return String.format(
        Locale.ROOT,
        "%s: expected %s within %.1g, received %s; %d of %d elements are wrong",
        place(first),
        expected[first],
        tolerance * Math.max(1, Math.abs(expected[first])),
        received[first],
        wrong,
        expected.length);
  }
}
