package dev.sinter.report;

import dev.sinter.errors.InputException;
import java.util.Arrays;
import java.util.Locale;

/** Which Keras the progress line and the summary look like. */
public enum Style {
  /** Keras 3: a bar of heavy lines, a summary in a box. */
  KERAS3,
  /** Keras 2, as many texts show it: {@code [=====>...]}, a summary between rules. */
  KERAS2;

  /** Returns the style with a name: keras3 or keras2. */
  public static Style of(String name) {
    return Arrays.stream(values())
        .filter(style -> style.toString().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                InputException.of(
                    "style", "keras3 or keras2", "\"" + name + "\"", "Correct the name"));
  }

  /** Returns the name, lower case. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
