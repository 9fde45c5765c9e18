package dev.sinter.report;

import dev.sinter.errors.KnownNames;
import java.util.List;
import java.util.Locale;

/**
 * The Keras version that progress line and summary imitate. Immutable: any number of threads may
 * use it.
 */
public enum Style {
  /** Keras 3: a bar of heavy lines and a summary in a box. */
  KERAS3,
  /** Keras 2, as shown in many texts: {@code [=====>...]} and a summary between rules. */
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
