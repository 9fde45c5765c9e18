package dev.sinter.tables;

import java.util.Locale;

/** What is learned from a label column. Immutable: any number of threads may use it. */
public enum LabelKind {
  /** One of a few classes, by name. */
  CLASSES,
  /** A number: a regression. */
  NUMBER;

  /** Returns the name in files and messages. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
