package dev.sinter.report;

import java.util.Objects;

/**
 * The look of a summary; immutable, created by {@link #defaults} or {@link #of}.
 *
 * <p>Immutable: any number of threads may use it.
 *
 * @param style of Keras 3 or Keras 2
 * @param columns available for the text
 * @param unicode whether boxes may use line characters, otherwise only ASCII
 * @param color whether bold may be used
 * @param details whether the shapes of weights, the optimizer and the memory follow the text of
 *     Keras
 */
public record SummaryOptions(
    Style style, int columns, boolean unicode, boolean color, boolean details) {
  public SummaryOptions {
    Objects.requireNonNull(style, "style");
  }

  /** Returns the Keras 3 style for 80 columns. */
  public static SummaryOptions defaults() {
    return of(new Terminal(false, Terminal.DEFAULT_COLUMNS, false, true));
  }

  /** Returns the Keras 3 style for a terminal. */
  public static SummaryOptions of(Terminal terminal) {
    return new SummaryOptions(
        Style.KERAS3, terminal.columns(), terminal.unicode(), terminal.color(), true);
  }

  /** Returns these options with another style. */
  public SummaryOptions style(Style value) {
    return new SummaryOptions(value, columns, unicode, color, details);
  }

  /** Returns these options with another width. */
  public SummaryOptions columns(int value) {
    return new SummaryOptions(style, value, unicode, color, details);
  }

  /** Returns these options with ASCII characters only. */
  public SummaryOptions ascii() {
    return new SummaryOptions(style, columns, false, color, details);
  }

  /** Returns these options with only the text of Keras. */
  public SummaryOptions withoutDetails() {
    return new SummaryOptions(style, columns, unicode, color, false);
  }
}
