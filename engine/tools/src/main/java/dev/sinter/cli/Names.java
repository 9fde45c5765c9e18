package dev.sinter.cli;

import dev.sinter.errors.InputException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Checks parameters that name something, and makes names printable. */
final class Names {
  private Names() {}

  /** Refuses a number below 1 for an option; null if the option is absent. */
  static void requirePositive(String option, Integer value) {
    if (value != null && value < 1) {
      throw InputException.of(option, "at least 1", value, "Correct the value");
    }
  }

  /** Refuses an option that the run of a user's network has no use for; null if it is absent. */
  static void requireAbsent(String option, Object value) {
    if (value != null) {
      throw InputException.of(
          option + " " + value,
          "a recipe's model",
          "the run of a network of your own, on which it has no effect",
          "Leave it out");
    }
  }

  /**
   * Returns a path.
   *
   * @param where the command, for the message
   */
  static Path path(String where, String name) {
    try {
      return Path.of(name);
    } catch (InvalidPathException problem) {
      throw InputException.of(where, "a file or a folder", "\"" + name + "\"", "Correct the name");
    }
  }

  /** Removes characters that would move the cursor of a terminal. */
  static String printable(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }
}
