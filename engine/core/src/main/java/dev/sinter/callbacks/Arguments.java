package dev.sinter.callbacks;

import dev.sinter.errors.InputException;

/** Checks of what callbacks are made with. */
final class Arguments {
  private Arguments() {}

  static int atLeast(int least, String where, int value) {
    require(value >= least, where, "at least " + least, value);
    return value;
  }

  static double finite(String where, double value) {
    require(Double.isFinite(value), where, "a finite number", value);
    return value;
  }

  static void require(boolean legal, String where, Object expected, Object received) {
    if (!legal) {
      throw InputException.of(where, expected, received, "Correct the value");
    }
  }
}
