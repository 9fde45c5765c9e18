package dev.sinter.formats;

import dev.sinter.errors.InputException;

/** Refuses weights that no model computes with. Any number of threads may call its methods. */
final class Finite {
  private Finite() {}

  /** Checks that all values are numbers that are not infinite. */
  static void require(String where, float[] values) {
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw InputException.of(
            where,
            "finite weights",
            values[i] + " at place " + i,
            "Take a file from before the training diverged");
      }
    }
  }
}
