package dev.sinter.report;

import dev.sinter.errors.KnownNames;
import java.util.List;
import java.util.Locale;

/** Which Keras the progress line and the summary look like. */
public enum Style {
  /** Keras 3: a bar of heavy lines, a summary in a box. */
  KERAS3,
  /** Keras 2, as many texts show it: {@code [=====>...]}, a summary between rules. */
  KERAS2;

  private static final KnownNames<Style> KNOWN =
      KnownNames.of("style", List.of(values()), Style::toString);

  /** Returns the style with a name: keras3 or keras2. */
  public static Style of(String name) {
    return KNOWN.get(name);
  }

  /** Returns the name, lower case. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
