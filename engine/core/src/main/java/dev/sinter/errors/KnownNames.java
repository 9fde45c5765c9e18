package dev.sinter.errors;

import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Values by name. Case, underscores, hyphens and spaces do not count, so {@code
 * mean_squared_error}, {@code MeanSquaredError} and {@code Mean-squared error} are one name. An
 * unknown name is refused with the known ones, and with the nearest if one is near. Immutable.
 *
 * <p>Immutable: any number of threads may use it.
 */
public final class KnownNames<T> {
  private final String what;
  private final Map<String, T> values; // by name as messages list it, in order

  private KnownNames(String what, Map<String, T> values) {
    this.what = what;
    this.values = values;
  }

  /**
   * Creates a lookup without names.
   *
   * @param what the names are of, for the message
   */
  public static <T> KnownNames<T> of(String what) {
    return new KnownNames<>(what, Map.of());
  }

  /**
   * Creates a lookup of values that have names.
   *
   * @param what the names are of, for the message
   */
  public static <T> KnownNames<T> of(
      String what, Collection<? extends T> values, Function<? super T, String> name) {
    KnownNames<T> names = of(what);
    for (T value : values) {
      names = names.with(name.apply(value), value);
    }
    return names;
  }

  /** Returns this lookup with one more name, which may be an alias of a value that it has. */
  public KnownNames<T> with(String name, T value) {
    Map<String, T> more = new LinkedHashMap<>(values);
    more.put(name, value);
    return new KnownNames<>(what, more);
  }

  /** Returns the names as they are listed, in order. */
  public List<String> names() {
    return List.copyOf(values.keySet());
  }

  /** Returns the value with a name, if it is known. */
  public Optional<T> find(String name) {
    String wanted = plain(name);
    return values.entrySet().stream()
        .filter(entry -> plain(entry.getKey()).equals(wanted))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  /**
   * Returns the value with a name.
   *
   * @throws InputException when the name is unknown; it lists the known ones
   */
  public T get(String name) {
    return find(name)
        .orElseThrow(
            () ->
                InputException.of(
                    what,
                    "one of " + String.join(", ", values.keySet()),
                    "\"" + name + "\"",
                    nearest(name)
                        .map(near -> "Correct the name: the nearest is " + near)
                        .orElse("Correct the name")));
  }

  /**
   * Returns the known name with the fewest letters to insert, leave out, replace or swap with the
   * next; none if that would change more than a third of the letters.
   */
  public Optional<String> nearest(String name) {
    String wanted = plain(name);
    int most = Math.min(Math.max(1, wanted.length() / 3), wanted.length() - 1);
    return values.keySet().stream()
        .filter(known -> distance(wanted, plain(known)) <= most)
        .min(Comparator.comparingInt(known -> distance(wanted, plain(known))));
  }

  private static String plain(String name) {
    return String.valueOf(name).toLowerCase(Locale.ROOT).replaceAll("[-_ ]", "");
  }

  private static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1]; // between the first i and j letters
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int replaced = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        d[i][j] = Math.min(replaced, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], 1 + d[i - 2][j - 2]);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
