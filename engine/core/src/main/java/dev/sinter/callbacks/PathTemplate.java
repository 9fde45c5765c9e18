package dev.sinter.callbacks;

import dev.sinter.errors.InputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file path with places for epoch, batch and logs, in the part of Python's format syntax that
 * Keras's examples use: {@code {epoch:02d}-{val_loss:.2f}.npz}.
 *
 * <p>A place is {@code {name}} or {@code {name:format}}; a format is [0][width][.digits] and d
 * (epoch and batch), f or e. A brace that is meant as such is written twice.
 *
 * @param where whose it is, for messages
 */
record PathTemplate(String where, String template) {
  private static final Pattern PLACE =
      Pattern.compile("\\{\\{|}}|\\{([^{}:]+)(?::([^{}]*))?}|[{}]");
  private static final Pattern INTEGER = Pattern.compile("(0?[1-9]\\d?)?d");
  private static final Pattern DECIMAL = Pattern.compile("(0?[1-9]\\d?)?(\\.\\d\\d?)?[fe]");

  /** Checks the template. */
  PathTemplate {
    for (MatchResult place : PLACE.matcher(template).results().toList()) {
      boolean brace = place.group(1) == null;
      if (brace ? place.group().length() == 1 : !isLegal(place.group(1), format(place))) {
        throw InputException.of(
            where + ", " + template,
            "places like {epoch:02d}, {batch}, {val_loss:.4f} or {loss:e}",
            brace ? "a single " + place.group() : place.group(),
            "Correct the path; a brace itself is written twice");
      }
    }
  }

  /** Returns a place's format; empty for Python's repr. */
  private static String format(MatchResult place) {
    return place.group(2) == null ? "" : place.group(2);
  }

  private static boolean isLegal(String name, String format) {
    boolean counter = name.equals("epoch") || name.equals("batch");
    return format.isEmpty()
        || counter && INTEGER.matcher(format).matches()
        || DECIMAL.matcher(format).matches();
  }

  /**
   * Fills in the places.
   *
   * @param counters epoch, and batch where there is one; they go before the logs
   * @throws InputException when nothing has the name of a place
   */
  String fill(Map<String, Integer> counters, Map<String, Double> logs) {
    return PLACE
        .matcher(template)
        .replaceAll(place -> Matcher.quoteReplacement(fill(place, counters, logs)));
  }

  private String fill(MatchResult place, Map<String, Integer> counters, Map<String, Double> logs) {
    String name = place.group(1);
    if (name == null) {
      return place.group().substring(1); // a brace
    }
    Integer counter = counters.get(name);
    Double value = counter != null ? Double.valueOf(counter) : logs.get(name);
    if (value == null) {
      List<String> known = new ArrayList<>(counters.keySet());
      known.addAll(logs.keySet());
      throw new InputException(
          "%s, %s: expected a place for one of %s, received {%s}. Correct the path."
              .formatted(where, template, String.join(", ", known), name));
    }
    String format = "%" + format(place);
    if (format.equals("%")) {
      return counter != null ? counter.toString() : PythonNumber.of(value);
    }
    return format.endsWith("d")
        ? String.format(Locale.ROOT, format, value.intValue())
        : PythonNumber.format(format, value);
  }
}
