package dev.sinter.report;

import dev.sinter.errors.KnownNames;
import java.util.Objects;

/**
 * How much training prints, and how it looks. Keras's {@code verbose}, with a style.
 *
 * @param level how much
 * @param style of the bar
 */
public record Verbosity(Level level, Style style) {
  /** How much is printed. */
  public enum Level {
    /** Keras's "auto": {@link #BAR} on a terminal, {@link #LINES} elsewhere. */
    AUTO,
    /** Keras's 0: nothing. */
    SILENT,
    /** Keras's 1: a bar, drawn in place on a terminal and once an epoch elsewhere. */
    BAR,
    /** Keras's 2: one line an epoch. */
    LINES
  }

  /** The default: a bar on a terminal, one line an epoch elsewhere. */
  public static final Verbosity AUTO = new Verbosity(Level.AUTO, Style.KERAS3);

  private static final KnownNames<Level> LEVELS =
      KnownNames.<Level>of("verbose")
          .with("auto", Level.AUTO)
          .with("0", Level.SILENT)
          .with("1", Level.BAR)
          .with("2", Level.LINES);

  public Verbosity {
    Objects.requireNonNull(level, "level");
    Objects.requireNonNull(style, "style");
  }

  /** Returns the level with Keras's name: auto, 0, 1 or 2. */
  public static Level level(String name) {
    return LEVELS.get(name);
  }

  /** Returns this with another level. */
  public Verbosity level(Level other) {
    return new Verbosity(other, style);
  }

  /** Returns this with another style. */
  public Verbosity style(Style other) {
    return new Verbosity(level, other);
  }
}
