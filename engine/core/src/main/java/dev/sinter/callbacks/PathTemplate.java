package dev.sinter.callbacks;

import dev.sinter.errors.InputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A file path with places for epoch, batch and logs, in the part of Python's format syntax that
 * Keras's examples use: {@code {epoch:02d}-{val_loss:.2f}.npz}.
 *
 * <p>A place is {@code {name}} or {@code {name:format}}; a format is [0][width][.digits] and d
 * (epoch and batch), f or e. A brace that is meant as such is written twice.
 */
final class PathTemplate {
  private static final Pattern PLACE =
      Pattern.compile("\\{\\{|}}|\\{([^{}:]+)(?::([^{}]*))?}|[{}]");
  private static final Pattern INTEGER = Pattern.compile("(0?[1-9]\\d?)?d");
  private static final Pattern DECIMAL = Pattern.compile("(0?[1-9]\\d?)?(\\.\\d\\d?)?[fe]");

  /** Plain text (name null), or a place: a name and Java's format, or null for Python's repr. */
  private record Part(String text, String name, String format) {}

  private final String where;
  private final String template;
  private final List<Part> parts = new ArrayList<>();

  /**
   * Parses a template.
   *
   * @param where whose it is, for messages
   */
  PathTemplate(String where, String template) {
    this.where = where;
    this.template = template;
    Matcher matcher = PLACE.matcher(template);
    int end = 0;
    while (matcher.find()) {
      text(template.substring(end, matcher.start()));
      end = matcher.end();
      if (matcher.group(1) != null) {
        parts.add(place(matcher.group(1), matcher.group(2)));
      } else if (matcher.group().length() == 2) {
        text(matcher.group().substring(1));
      } else {
        throw illegal("a single " + matcher.group());
      }
    }
    text(template.substring(end));
  }

  private void text(String text) {
    parts.add(new Part(text, null, null));
  }

  private Part place(String name, String format) {
    if (format == null || format.isEmpty()) {
      return new Part(null, name, null);
    }
    boolean integer = isCounter(name) && INTEGER.matcher(format).matches();
    if (!integer && !DECIMAL.matcher(format).matches()) {
      throw illegal("{" + name + ":" + format + "}");
    }
    return new Part(null, name, "%" + format);
  }

  private static boolean isCounter(String name) {
    return name.equals("epoch") || name.equals("batch");
  }

  private InputException illegal(String received) {
    return InputException.of(
        where + ", " + template,
        "places like {epoch:02d}, {batch}, {val_loss:.4f} or {loss:e}",
        received,
        "Correct the path; a brace itself is written twice");
  }

  /**
   * Fills in the places.
   *
   * @param counters epoch, and batch where there is one; they go before the logs
   * @throws InputException when nothing has the name of a place
   */
  String fill(Map<String, Integer> counters, Map<String, Double> logs) {
    StringBuilder filled = new StringBuilder();
    for (Part part : parts) {
      filled.append(part.name == null ? part.text : fill(part, counters, logs));
    }
    return filled.toString();
  }

  private String fill(Part part, Map<String, Integer> counters, Map<String, Double> logs) {
    Integer counter = counters.get(part.name);
    Double value = counter != null ? Double.valueOf(counter) : logs.get(part.name);
    if (value == null) {
      List<String> known = new ArrayList<>(counters.keySet());
      known.addAll(logs.keySet());
      throw new InputException(
          "%s, %s: expected a place for one of %s, received {%s}. Correct the path."
              .formatted(where, template, String.join(", ", known), part.name));
    }
    if (part.format == null) {
      return counter != null ? counter.toString() : PythonNumber.of(value);
    }
    if (part.format.endsWith("d")) {
      return String.format(Locale.ROOT, part.format, value.intValue());
    }
    return PythonNumber.format(part.format, value);
  }
}
