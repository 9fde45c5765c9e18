package dev.sinter.tables;

import dev.sinter.errors.InputException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** How texts of cells are read. */
final class Cells {
  /** The name of the class of a category that stands for gaps. */
  static final String MISSING = "missing";

  private static final Set<String> GAPS = Set.of("", "na", "n/a", "null", "nan", "?");
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?");
  private static final Pattern COMMA_NUMBER =
      Pattern.compile("[+-]?(\\d+,\\d*|,\\d+)([eE][+-]?\\d+)?");
  private static final int SHOWN = 40;
  private static final int MOST_LISTED = 20;

  /** Pairs of words, the one for 0 first. */
  private static final List<List<String>> PAIRS =
      List.of(
          List.of("0", "1"),
          List.of("false", "true"),
          List.of("no", "yes"),
          List.of("n", "y"),
          List.of("f", "t"),
          List.of("off", "on"));

  private Cells() {}

  static boolean isMissing(String cell) {
    return GAPS.contains(cell.toLowerCase(Locale.ROOT));
  }

  static boolean isNumber(String cell) {
    return NUMBER.matcher(cell).matches();
  }

  /** Returns whether a cell is a number with a decimal comma. */
  static boolean isCommaNumber(String cell) {
    return COMMA_NUMBER.matcher(cell).matches();
  }

  /** Returns whether all values are words of one pair that stands for 0 and 1. */
  static boolean areBooleans(Set<String> values) {
    return PAIRS.stream()
        .anyMatch(pair -> values.stream().allMatch(v -> pair.contains(v.toLowerCase(Locale.ROOT))));
  }

  static float number(Supplier<String> where, String cell) {
    if (isNumber(cell)) {
      float value = Float.parseFloat(cell);
      if (Float.isFinite(value)) {
        return value;
      }
    }
    throw InputException.of(
        where.get(),
        "a number",
        quoted(cell),
        "Correct the cell, or call its column a category in the file of the network");
  }

  static float bool(Supplier<String> where, String cell) {
    for (List<String> pair : PAIRS) {
      int value = pair.indexOf(cell.toLowerCase(Locale.ROOT));
      if (value >= 0) {
        return value;
      }
    }
    throw InputException.of(
        where.get(), "one of 0, 1, no, yes, false, true", quoted(cell), "Correct the cell");
  }

  /** Returns the first values for a message, in quotes where one holds a comma. */
  static String listed(List<String> values) {
    String first =
        values.stream()
            .limit(MOST_LISTED)
            .map(value -> value.contains(",") ? quoted(value) : value)
            .collect(Collectors.joining(", "));
    return values.size() > MOST_LISTED ? first + ", ..." : first;
  }

  /** Returns the start of a cell, for a message. */
  static String quoted(String cell) {
    String shown = cell.length() > SHOWN ? cell.substring(0, SHOWN) + "..." : cell;
    return "\"" + shown.replaceAll("\\p{Cntrl}", "?") + "\"";
  }
}
