package dev.sinter.optimizers;

import dev.sinter.errors.InputException;

/** Checks hyperparameters. */
final class Ranges {
  private Ranges() {}

  static void notNegative(String optimizer, String parameter, double value) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw new InputException(
          "%s, %s: expected a finite number of at least 0, received %s. Correct the value."
              .formatted(optimizer, parameter, value));
    }
  }

  /** Checks a number above 0. */
  static void positive(String optimizer, String parameter, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw InputException.of(
          optimizer + ", " + parameter, "a finite number above 0", value, "Correct the value");
    }
  }

  /** Checks a share of a whole: [0, 1]. */
  static void share(String optimizer, String parameter, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw InputException.of(
          optimizer + ", " + parameter, "a number from 0 to 1", value, "Correct the value");
    }
  }

  /** Checks a decay rate or momentum: [0, 1). Adam with a decay of 1 would divide by 0. */
  static void fraction(String optimizer, String parameter, double value) {
    if (!(value >= 0 && value < 1)) {
      throw InputException.of(
          optimizer + ", " + parameter, "a number from 0 to below 1", value, "Correct the value");
    }
  }
}
