package dev.sinter.tables;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What to learn from a table. Immutable: any number of threads may use it.
 *
 * @param label the name of the column that is predicted
 * @param labelKind classes or numbers; null to find out
 * @param columns how columns become features, by name; the others by {@link ColumnOptions#DEFAULT}
 */
public record TableOptions(
    String label, @Nullable LabelKind labelKind, Map<String, ColumnOptions> columns) {
  public TableOptions {
    columns = Map.copyOf(columns);
  }

  /** Predicts a column from all others. */
  public static TableOptions label(String name) {
    return new TableOptions(name, null, Map.of());
  }

  /** Returns these options with classes or numbers as labels. */
  public TableOptions labelKind(@Nullable LabelKind kind) {
    return new TableOptions(label, kind, columns);
  }

  /** Returns these options with those of a column. */
  public TableOptions column(String name, ColumnOptions options) {
    Map<String, ColumnOptions> more = new LinkedHashMap<>(columns);
    more.put(name, options);
    return new TableOptions(label, labelKind, more);
  }
}
