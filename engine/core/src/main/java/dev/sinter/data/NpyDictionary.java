package dev.sinter.data;

import dev.sinter.errors.InputException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The dictionary in a .npy header, read strictly: the three keys, each once, in any order.
 *
 * <p>Example: {@code {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }}.
 */
final class NpyDictionary {
  private static final int SHOWN_CHARACTERS = 80;

  private final String text;
  private final String where;
  private int position;
  private final Map<String, Object> values = new HashMap<>();

  NpyDictionary(String text, String where) {
    this.text = text;
    this.where = where;
    parse();
  }

  String descr() {
    return (String) value("descr");
  }

  boolean fortranOrder() {
    return (Boolean) value("fortran_order");
  }

  long[] shape() {
    return (long[]) value("shape");
  }

  private Object value(String key) {
    return Objects.requireNonNull(values.get(key), "parse requires every key");
  }

  private void parse() {
    expect('{');
    while (!accept('}')) {
      String key = string();
      expect(':');
      Object value =
          switch (key) {
            case "descr" -> descrValue();
            case "fortran_order" -> truth();
            case "shape" -> tuple();
            default -> throw malformed("the key '" + key + "'");
          };
      if (values.put(key, value) != null) {
        throw malformed("the key '" + key + "' twice");
      }
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    if (values.size() != 3) {
      throw malformed("only the keys " + values.keySet());
    }
    take("");
    if (position < text.length()) {
      throw malformed("more after the closing brace");
    }
  }

  private String descrValue() {
    if (accept('[')) {
      throw InputException.of(
          where,
          "an array of numbers",
          "a structured array",
          "Save one field of it, as in numpy.save(name, array['field'])");
    }
    return string();
  }

  private boolean truth() {
    String word = take("True|False");
    if (word == null) {
      throw malformed("neither True nor False for fortran_order");
    }
    return word.equals("True");
  }

  private long[] tuple() {
    expect('(');
    List<Long> entries = new ArrayList<>();
    while (!accept(')')) {
      entries.add(number());
      if (!accept(',')) {
        expect(')');
        break;
      }
    }
    return entries.stream().mapToLong(Long::longValue).toArray();
  }

  private long number() {
    String digits = take("-?\\p{Nd}*");
    accept('L'); // suffix of long integers in Python 2
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      throw malformed("no whole number in the shape");
    }
  }

  private String string() {
    String quoted = take("'[^']*'|\"[^\"]*\"");
    if (quoted == null) {
      throw malformed("no quoted text");
    }
    return quoted.substring(1, quoted.length() - 1);
  }

  private void expect(char wanted) {
    if (!accept(wanted)) {
      throw malformed("no '" + wanted + "'");
    }
  }

  private boolean accept(char wanted) {
    return take(Pattern.quote(String.valueOf(wanted))) != null;
  }

  /** Skips white space and takes the given token; null if another one follows. */
  private @Nullable String take(String token) {
    Matcher matcher = Pattern.compile("\\p{javaWhitespace}*+(" + token + ")?").matcher(text);
    matcher.region(position, text.length()).lookingAt(); // the match may be empty
    position = matcher.end();
    return matcher.group(1);
  }

  private InputException malformed(String what) {
    String shown = text.substring(0, Math.min(text.length(), SHOWN_CHARACTERS)).strip();
    String printable = shown.replaceAll("[^\\x20-\\x7E]", "?");
    return NpyHeader.malformed(where, what + " (position " + position + " of " + printable + ")");
  }
}
