package dev.sinter.tables;

import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * How the rows of a table become samples, as it was learned from a training: columns by name, what
 * fills gaps, categories, classes. Kept with a model, it prepares tables for predictions.
 * Immutable: any number of threads may use it.
 *
 * @param columns that become features, in order; those with embeddings at the end
 * @param label what is predicted
 */
public record TableCoding(List<ColumnCoding> columns, LabelCoding label) {
  public TableCoding {
    columns = List.copyOf(columns);
  }

  /**
   * Learns from a table.
   *
   * @param training the rows that may be looked at for means and medians: not those of a test
   * @throws InputException for columns that are missing, cells of another kind than their column's,
   *     rows without a label, no column that can be learned from
   */
  public static TableCoding learn(Table table, TableOptions options, int[] training) {
    int label = table.column(options.label());
    options.columns().keySet().forEach(table::column);
    LabelCoding labels = LabelCoding.learn(table, label, options.labelKind());
    List<ColumnCoding> columns = new ArrayList<>();
    List<ColumnCoding> embedded = new ArrayList<>();
    for (int column = 0; column < table.columns().size(); column++) {
      if (column != label) {
        ColumnOptions how =
            options.columns().getOrDefault(table.columns().get(column), ColumnOptions.DEFAULT);
        ColumnCoding coding = ColumnCoding.learn(table, column, how, training);
        if (coding instanceof ColumnCoding.Category category && category.embedding() > 0) {
          embedded.add(category);
        } else if (coding != null) {
          columns.add(coding);
        }
      }
    }
    columns.addAll(embedded);
    if (columns.isEmpty()) {
      throw InputException.of(
          table.file().toString(),
          "a column beside the label that can be learned from",
          "none",
          "Give columns a kind, or use another table");
    }
    return new TableCoding(columns, labels);
  }

  /** Returns the names of the features, in order: column, or column=value. */
  public List<String> features() {
    return columns.stream().flatMap(column -> column.features().stream()).toList();
  }

  /** Returns the columns whose features are indices for embeddings; they are the last features. */
  public List<ColumnCoding.Category> embedded() {
    return columns.stream()
        .filter(ColumnCoding.Category.class::isInstance)
        .map(ColumnCoding.Category.class::cast)
        .filter(category -> category.embedding() > 0)
        .toList();
  }

  /** Returns all rows with their labels: a class index or a number each. */
  public Dataset samples(Table table) {
    int label = table.column(this.label.name());
    float[] labels = new float[table.rows()];
    for (int i = 0; i < labels.length; i++) {
      int row = i;
      labels[i] = this.label.encode(() -> table.where(row, label), table.cell(row, label));
    }
    return Dataset.of(inputs(table).source(), Tensor.of(labels));
  }

  /** Returns all rows without labels; other columns of the table do not matter. */
  public Dataset inputs(Table table) {
    int[] places = columns.stream().mapToInt(column -> table.column(column.name())).toArray();
    int[] widths = columns.stream().mapToInt(column -> column.features().size()).toArray();
    int width = IntStream.of(widths).sum();
    if ((long) table.rows() * width > Integer.MAX_VALUE) {
      throw InputException.of(
          table.file().toString(),
          "at most " + Integer.MAX_VALUE + " numbers",
          table.rows() + " rows of " + width + " features",
          "Use fewer rows, or leave columns out");
    }
    float[] x = new float[table.rows() * width]; // [N, features]
    int from = 0;
    for (int each = 0; each < table.rows(); each++) {
      int row = each;
      for (int i = 0; i < places.length; i++) {
        int place = places[i];
        columns.get(i).encode(() -> table.where(row, place), table.cell(row, place), x, from);
        from += widths[i];
      }
    }
    return Dataset.of(Tensor.of(x, table.rows(), width));
  }

  /**
   * Mean and variance of each feature, for a standardisation.
   *
   * @param mean 0 for features that are 0 or 1
   * @param variance 1 for features that are 0 or 1; finite
   */
  public record Statistics(float[] mean, float[] variance) {}

  /** Returns the statistics of the features over some samples of this coding. */
  public Statistics statistics(Dataset samples) {
    int width = features().size();
    Tensor x = samples.x();
    float[] mean = new float[width];
    float[] variance = new float[width];
    int at = 0;
    for (ColumnCoding column : columns) {
      for (int i = 0; i < column.features().size(); i++, at++) {
        boolean quantity = column instanceof ColumnCoding.Quantity q && !q.words() && i == 0;
        int feature = at;
        mean[at] = quantity ? (float) average(x, feature, 0) : 0;
        variance[at] = quantity ? (float) averageSquare(x, feature) : 1;
        if (!Float.isFinite(variance[at])) {
          throw InputException.of(
              "column " + column.name(),
              "numbers whose variance is a float",
              "larger ones",
              "Leave the column out: kind: ignore; or divide its numbers by a power of 10");
        }
      }
    }
    return new Statistics(mean, variance);
  }

  private static double average(Tensor x, int feature, double origin) {
    int width = x.rowSize();
    return IntStream.range(0, x.dimension(0))
        .mapToDouble(row -> x.get(row * width + feature) - origin)
        .average()
        .orElse(0);
  }

  private static double averageSquare(Tensor x, int feature) {
    int width = x.rowSize();
    double mean = average(x, feature, 0);
    return IntStream.range(0, x.dimension(0))
        .mapToDouble(row -> x.get(row * width + feature) - mean)
        .map(difference -> difference * difference)
        .average()
        .orElse(0);
  }

  /** Returns the names of the classes; null for a number. */
  public @Nullable List<String> classes() {
    return label.classes();
  }
}
