package dev.sinter.report;

import dev.sinter.errors.KnownNames;
import java.util.Objects;

/**
 * How much training prints, and in which style; {@code verbose} in Keras.
 *
 * <p>Immutable: any number of threads may use it.
 *
 * @param level the amount of output
 * @param style of the bar
 */
public record Verbosity(Level level, Style style) {
  /** The amount of output. */
  public enum Level {
    /** "auto" in Keras: {@link #BAR} on a terminal, {@link #LINES} elsewhere. */
    AUTO,
    /** 0 in Keras: nothing. */
    SILENT,
    /** 1 in Keras: a bar, redrawn in place on a terminal, printed once per epoch elsewhere. */
    BAR,
    /** 2 in Keras: one line per epoch. */
    LINES
  }

  /** The default: a bar on a terminal, one line per epoch elsewhere. */
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

  /** Returns a level by its name in Keras: auto, 0, 1 or 2. */
  public static Level level(String name) {
    return LEVELS.get(name);
  }

  /** Returns this verbosity with another level. */
  public Verbosity level(Level other) {
    return new Verbosity(other, style);
  }

  /** Returns this verbosity with another style. */
  public Verbosity style(Style other) {
    return new Verbosity(level, other);
  }
}
