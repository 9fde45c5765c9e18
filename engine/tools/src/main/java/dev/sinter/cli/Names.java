package dev.sinter.cli;

import dev.sinter.errors.InputException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** What a parameter may name, and names to print. */
final class Names {
  private Names() {}

  /** Refuses an option's number below 1; null where the option was left out. */
  static void requirePositive(String option, Integer value) {
    if (value != null && value < 1) {
      throw InputException.of(option, "at least 1", value, "Correct the value");
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

  /** Returns a text from a file without what would move a terminal's cursor. */
  static String printable(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }
}
