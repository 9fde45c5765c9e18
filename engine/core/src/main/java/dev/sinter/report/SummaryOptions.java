package dev.sinter.report;

import java.util.Objects;

/**
 * How a summary looks; immutable, made by {@link #defaults} or {@link #of}.
 *
 * @param style of Keras 3 or Keras 2
 * @param columns that the text may take
 * @param unicode whether boxes may be drawn with lines, or with ASCII alone
 * @param color whether bold may be used
 * @param details whether shapes of weights, optimizer and memory follow Keras's text
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

  /** Returns these options with ASCII characters alone. */
  public SummaryOptions ascii() {
    return new SummaryOptions(style, columns, false, color, details);
  }

  /** Returns these options with Keras's text alone. */
  public SummaryOptions withoutDetails() {
    return new SummaryOptions(style, columns, unicode, color, false);
  }
}
