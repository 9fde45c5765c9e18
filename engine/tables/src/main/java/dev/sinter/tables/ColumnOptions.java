package dev.sinter.tables;

import dev.sinter.errors.InputException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How a column becomes features. Immutable: any number of threads may use it.
 *
 * @param kind what its cells are; null for the kind that they look like
 * @param missing what fills the gaps of numbers; null for the mean
 * @param flag whether a further feature says 1 where there was a gap
 * @param unknown the value that an unknown category is taken for, {@code missing} for a gap; null
 *     to refuse it
 * @param embedding 0 for a feature for each value of a category; else one feature, its index, for
 *     an embedding of so many numbers
 */
public record ColumnOptions(
    @Nullable ColumnKind kind,
    @Nullable Fill missing,
    boolean flag,
    @Nullable String unknown,
    int embedding) {
  /** What fills gaps. */
  public enum Fill {
    /** The mean of the training rows. */
    MEAN,
    /** The median of the training rows. */
    MEDIAN;

    /** Returns the name in files and messages. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The kind that the cells look like, gaps filled with the mean, unknown categories refused. */
  public static final ColumnOptions DEFAULT = new ColumnOptions(null, null, false, null, 0);

  public ColumnOptions {
    if (unknown != null && unknown.isBlank()) {
      throw InputException.of("unknown", "the name of a value", "nothing", "Name one, or missing");
    }
    if (embedding < 0) {
      throw InputException.of("embedding", "at least 0 numbers", embedding, "Correct the value");
    }
    boolean numbers = kind == ColumnKind.NUMERIC || kind == ColumnKind.BOOLEAN;
    if (fillsGaps(missing, flag) && (isCategory(unknown, embedding) || kind != null && !numbers)) {
      throw InputException.of(
          "missing and flag",
          "a column of numbers",
          kind == null || kind == ColumnKind.CATEGORY ? "a category" : "kind: " + kind,
          "Leave them out, or what makes it another column");
    }
    if (isCategory(unknown, embedding) && kind != null && kind != ColumnKind.CATEGORY) {
      throw InputException.of(
          "unknown and embedding", "a category", "kind: " + kind, "Leave them out, or the kind");
    }
  }

  private static boolean fillsGaps(@Nullable Fill missing, boolean flag) {
    return missing != null || flag;
  }

  private static boolean isCategory(@Nullable String unknown, int embedding) {
    return unknown != null || embedding > 0;
  }

  /** Returns the kind of a column: that of these options, or else one that they are for. */
  ColumnKind kind(Table table, int column) {
    if (kind != null) {
      return kind;
    }
    if (isCategory(unknown, embedding)) {
      return ColumnKind.CATEGORY;
    }
    ColumnKind looks = ColumnSurvey.of(table, column).kind();
    return fillsGaps(missing, flag) && looks != ColumnKind.BOOLEAN ? ColumnKind.NUMERIC : looks;
  }

  /** Returns these options with a kind. */
  public ColumnOptions kind(ColumnKind value) {
    return new ColumnOptions(value, missing, flag, unknown, embedding);
  }

  /** Returns these options with what fills gaps. */
  public ColumnOptions missing(Fill value) {
    return new ColumnOptions(kind, value, flag, unknown, embedding);
  }

  /** Returns these options with a feature that says where gaps were, or without. */
  public ColumnOptions flag(boolean value) {
    return new ColumnOptions(kind, missing, value, unknown, embedding);
  }

  /** Returns these options with the value that unknown categories are taken for. */
  public ColumnOptions unknown(String value) {
    return new ColumnOptions(kind, missing, flag, value, embedding);
  }

  /** Returns these options with an embedding of so many numbers, or 0 for none. */
  public ColumnOptions embedding(int numbers) {
    return new ColumnOptions(kind, missing, flag, unknown, numbers);
  }
}
