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

  /** Returns whether a level of verbosity prints something. */
  static boolean verbose(String where, int level) {
    require(level == 0 || level == 1, where + ", verbose", "0 or 1", level);
    return level == 1;
  }

  static void require(boolean legal, String where, Object expected, Object received) {
    if (!legal) {
      throw InputException.of(where, expected, received, "Correct the value");
    }
  }
}
