package dev.sinter.tables;

import dev.sinter.errors.InputException;
import dev.sinter.errors.KnownNames;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * How the cells of one column become features, as it was learned from the training rows. Immutable:
 * any number of threads may use it.
 */
public sealed interface ColumnCoding {
  /** Returns the name of the column. */
  String name();

  /** Returns the names of its features. */
  List<String> features();

  /**
   * Writes the features of a cell into an array, from an index on.
   *
   * @param where the cell, for messages
   * @throws InputException for a cell of another kind, and for an unknown category
   */
  void encode(Supplier<String> where, String cell, float[] target, int from);

  /**
   * Numbers, or two words for 0 and 1; gaps are filled.
   *
   * @param words whether the cells are words for 0 and 1
   * @param fill what stands in a gap
   * @param flag whether a second feature is 1 where there was a gap
   */
  record Quantity(String name, boolean words, double fill, boolean flag) implements ColumnCoding {
    @Override
    public List<String> features() {
      return flag ? List.of(name, name + "=" + Cells.MISSING) : List.of(name);
    }

    @Override
    public void encode(Supplier<String> where, String cell, float[] target, int from) {
      boolean missing = Cells.isMissing(cell);
      target[from] = missing ? (float) fill : value(where, cell, words);
      if (flag) {
        target[from + 1] = missing ? 1 : 0;
      }
    }

    static float value(Supplier<String> where, String cell, boolean words) {
      return words ? Cells.bool(where, cell) : Cells.number(where, cell);
    }
  }

  /**
   * One feature for each value, 1 for the cell's own; or the index of the value.
   *
   * @param values in order; with {@code missing} at the end, if gaps have a class of their own
   * @param unknown the value that others are taken for; null to refuse them
   * @param embedding 0, or the length of the vectors that indices stand for
   */
  record Category(String name, List<String> values, @Nullable String unknown, int embedding)
      implements ColumnCoding {
    public Category {
      values = List.copyOf(values);
      if (unknown != null && !values.contains(unknown)) {
        throw InputException.of(
            "column " + name + ", unknown",
            "missing, or one of its values: " + Cells.listed(values),
            Cells.quoted(unknown),
            nearest(values, unknown));
      }
    }

    private static String nearest(List<String> values, String text) {
      return KnownNames.of("value", values, value -> value)
          .nearest(text)
          .map(near -> "The nearest is " + near)
          .orElse("Name one of them");
    }

    @Override
    public List<String> features() {
      return embedding > 0
          ? List.of(name)
          : values.stream().map(value -> name + "=" + value).toList();
    }

    @Override
    public void encode(Supplier<String> where, String cell, float[] target, int from) {
      String value = Cells.isMissing(cell) ? Cells.MISSING : cell;
      int place = values.indexOf(value);
      if (place < 0 && unknown != null) {
        place = values.indexOf(unknown);
      }
      if (place < 0) {
        throw InputException.of(
            where.get(),
            "one of its categories in training: " + Cells.listed(values),
            Cells.isMissing(cell) ? "a gap" : Cells.quoted(cell),
            "Correct the cell, or train with \"unknown: missing\" for this column");
      }
      if (embedding > 0) {
        target[from] = place;
      } else {
        target[from + place] = 1;
      }
    }
  }

  /**
   * Learns the coding of a column.
   *
   * @param training the rows for what fills gaps; the values of a category are those of all rows
   * @return null for a column that is left out
   */
  static @Nullable ColumnCoding learn(
      Table table, int column, ColumnOptions options, int[] training) {
    String name = table.columns().get(column);
    ColumnKind kind = options.kind(table, column);
    return switch (kind) {
      case IGNORE -> null;
      case CATEGORY -> category(table, column, options);
      case NUMERIC, BOOLEAN -> {
        boolean words = kind == ColumnKind.BOOLEAN;
        double fill = fill(table, column, options.missing(), words, training);
        yield new Quantity(name, words, fill, options.flag());
      }
    };
  }

  private static Category category(Table table, int column, ColumnOptions options) {
    TreeSet<String> found = new TreeSet<>();
    boolean gaps = false;
    for (int row = 0; row < table.rows(); row++) {
      String cell = table.cell(row, column);
      if (Cells.isMissing(cell)) {
        gaps = true;
      } else {
        found.add(cell);
      }
    }
    boolean numbers = found.stream().allMatch(Cells::isNumber);
    List<String> values = new ArrayList<>(ColumnSurvey.sorted(found, numbers));
    if ((gaps || Cells.MISSING.equals(options.unknown())) && !values.contains(Cells.MISSING)) {
      values.add(Cells.MISSING);
    }
    return new Category(
        table.columns().get(column), values, options.unknown(), options.embedding());
  }

  private static double fill(
      Table table, int column, ColumnOptions.@Nullable Fill fill, boolean words, int[] training) {
    double[] values =
        IntStream.of(training)
            .filter(row -> !Cells.isMissing(table.cell(row, column)))
            .mapToDouble(
                row ->
                    Quantity.value(() -> table.where(row, column), table.cell(row, column), words))
            .toArray();
    if (values.length == 0) {
      throw InputException.of(
          table.file() + ", column " + table.columns().get(column),
          "at least one value in the training rows",
          "gaps alone",
          "Leave the column out: kind: ignore");
    }
    if (fill != ColumnOptions.Fill.MEDIAN) {
      return Arrays.stream(values).average().orElseThrow();
    }
    Arrays.sort(values);
    int half = values.length / 2;
    return values.length % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
  }
}
