package dev.sinter.networks;

import dev.sinter.errors.InputException;
import dev.sinter.errors.KnownNames;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** What a value of the file may be: read from YAML, described by JSON Schema. */
interface Type<T> {
  /** Reads a value, or refuses it by line. */
  T read(YamlValue value);

  /** Returns the JSON Schema of the values that {@link #read} takes. */
  Map<String, Object> schema();

  Type<Boolean> BOOLEAN =
      of(
          ordered("type", "boolean"),
          value -> {
            if (value.isText() && value.text().matches("true|false")) {
              return Boolean.valueOf(value.text());
            }
            throw value.refused("true or false", "Correct the value");
          });

  Type<String> TEXT =
      of(
          ordered("type", List.of("string", "number", "boolean"), "minLength", 1),
          value -> {
            if (value.isText() && !value.text().isBlank()) {
              return value.text();
            }
            throw value.refused("a text", "Correct the value");
          });

  /** The name of a layer or a network: Keras takes none with a slash. */
  Type<String> NAME =
      of(
          ordered("type", List.of("string", "number", "boolean"), "pattern", "^[^/]+$"),
          value -> {
            if (TEXT.read(value).contains("/")) {
              throw value.refused("a name without \"/\"", "Correct the name");
            }
            return value.text();
          });

  Type<Double> NUMBER = of(ordered("type", "number"), value -> number(value, "a number"));

  /** A number, or a fraction such as 1/255. */
  Type<Double> FRACTION =
      of(
          ordered(
              "type",
              List.of("number", "string"),
              "pattern",
              "^[0-9]+(\\.[0-9]+)?/[0-9]+(\\.[0-9]+)?$"),
          value -> {
            String expected = "a number, or a fraction such as 1/255";
            if (value.isText() && value.text().matches("\\d+(\\.\\d+)?/\\d+(\\.\\d+)?")) {
              String[] parts = value.text().split("/");
              return finite(
                  value, Double.parseDouble(parts[0]) / Double.parseDouble(parts[1]), expected);
            }
            return number(value, expected);
          });

  private static double number(YamlValue value, String expected) {
    Pattern number = Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?");
    if (value.isText() && number.matcher(value.text()).matches()) {
      return finite(value, Double.parseDouble(value.text()), expected);
    }
    throw value.refused(expected, "Correct the value");
  }

  private static double finite(YamlValue value, double number, String expected) {
    if (Double.isFinite(number)) {
      return number;
    }
    throw value.refused(expected, "Correct the value");
  }

  /** A whole number of at least a least one. */
  static Type<Integer> integer(int least) {
    return of(
        ordered("type", "integer", "minimum", least),
        value -> {
          boolean whole = value.isText() && value.text().matches("-?\\d{1,9}");
          if (whole && Integer.parseInt(value.text()) >= least) {
            return Integer.valueOf(value.text());
          }
          throw value.refused("a whole number of at least " + least, "Correct the value");
        });
  }

  /** One of some names. */
  static <T> Type<T> oneOf(String what, List<T> values, Function<T, String> name) {
    List<String> names = values.stream().map(name).toList();
    KnownNames<String> known = KnownNames.of(what, names, each -> each);
    return of(
        ordered("enum", names),
        value -> {
          if (value.isText() && names.contains(value.text())) {
            return values.get(names.indexOf(value.text()));
          }
          String received = value.isText() ? value.text() : "";
          throw value.refused("one of " + String.join(", ", names), nearest(known, received));
        });
  }

  /** A list. */
  static <T> Type<List<T>> listOf(Type<T> type) {
    return of(
        ordered("type", "array", "items", type.schema()),
        value -> {
          if (!value.isList()) {
            throw value.refused("a list", "Write it as [...], or one \"- item\" a line");
          }
          return value.items().stream().map(type::read).toList();
        });
  }

  /** A mapping whose keys are the user's, such as names of columns. */
  static <T> Type<Map<String, T>> mapOf(Type<T> type) {
    return of(
        ordered("type", "object", "additionalProperties", type.schema()),
        value -> {
          if (!value.isMapping()) {
            throw value.refused("names, each with its value", "Indent them below this key");
          }
          Map<String, T> map = new LinkedHashMap<>();
          value.members().forEach(member -> map.put(member.key(), type.read(member.value())));
          return map;
        });
  }

  /** A value of a type, made into something else. */
  default <R> Type<R> map(Function<T, R> make) {
    return of(schema(), value -> made(value, () -> make.apply(read(value))));
  }

  /** Calls what may refuse a value, and adds its place to the message. */
  static <R> R made(YamlValue value, Supplier<R> make) {
    try {
      return make.get();
    } catch (InputException problem) {
      String message = problem.getMessage();
      throw message.startsWith(value.file() + ", line ")
          ? problem
          : new InputException(value.where() + ": " + message, problem);
    }
  }

  /** Returns a map of keys and values that keeps their order, so that schemas are the same text. */
  static Map<String, Object> ordered(Object... keysAndValues) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      map.put((String) keysAndValues[i], keysAndValues[i + 1]);
    }
    return map;
  }

  /** Returns the remedy for a name. */
  static String nearest(KnownNames<?> known, String name) {
    return known
        .nearest(name)
        .map(near -> "Correct the name: the nearest is " + near)
        .orElse("Correct the name");
  }

  static <T> Type<T> of(Map<String, Object> schema, Function<YamlValue, T> read) {
    return new Type<>() {
      @Override
      public T read(YamlValue value) {
        return read.apply(value);
      }

      @Override
      public Map<String, Object> schema() {
        return schema;
      }
    };
  }

  /** One of two ways to write a value. */
  static <T> Type<T> either(Type<T> text, Type<T> mapping) {
    return of(
        ordered("anyOf", List.of(text.schema(), mapping.schema())),
        value -> value.isMapping() ? mapping.read(value) : text.read(value));
  }
}
