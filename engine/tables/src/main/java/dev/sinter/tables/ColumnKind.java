package dev.sinter.tables;

import java.util.Locale;

/** What the cells of a column are. Immutable: any number of threads may use it. */
public enum ColumnKind {
  /** Numbers: one feature. */
  NUMERIC,
  /** Two words such as yes and no: one feature, 0 or 1. */
  BOOLEAN,
  /** A few texts or whole numbers: one feature for each. */
  CATEGORY,
  /** Left out. */
  IGNORE;

  /** Returns the name in files and messages. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
