package dev.sinter.tables;

import dev.sinter.errors.InputException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the cells of a column look like, and the kind that follows from it. Immutable: any number of
 * threads may use it.
 *
 * <p>Numbers are {@link ColumnKind#NUMERIC}; no more than 5 different whole numbers, each 10 times
 * on average, a {@link ColumnKind#CATEGORY}; two words such as yes and no, or 0 and 1, {@link
 * ColumnKind#BOOLEAN}; texts a category. Left out is a column without a value, with one value
 * alone, of whole numbers that count the rows, and of texts that differ in almost every row.
 *
 * @param name of the column
 * @param kind that follows
 * @param reason why it is left out; null for the other kinds
 * @param missing the number of gaps
 * @param values the different values in order; null for more than 100
 * @param numbers whether all values are numbers
 * @param wholeNumbers whether all values are whole numbers
 */
public record ColumnSurvey(
    String name,
    ColumnKind kind,
    @Nullable String reason,
    int missing,
    @Nullable List<String> values,
    boolean numbers,
    boolean wholeNumbers) {
  private static final int MOST_CATEGORIES = 100;
  private static final int FEW_NUMBERS = 5;
  private static final int OF_EACH = 10; // rows, for whole numbers to be a category
  private static final int SMALL = 20; // rows: too few to say that values differ or count
  private static final double MOSTLY = 0.9; // a share of numbers: the others are mistakes

  /** Looks at a column. */
  public static ColumnSurvey of(Table table, int column) {
    int missing = 0;
    int numbers = 0;
    int whole = 0;
    int firstText = -1;
    Set<String> values = new HashSet<>();
    for (int row = 0; row < table.rows(); row++) {
      String cell = table.cell(row, column);
      if (Cells.isMissing(cell)) {
        missing++;
        continue;
      }
      values.add(cell);
      if (Cells.isNumber(cell)) {
        numbers++;
        whole += isWhole(cell) ? 1 : 0;
      } else if (firstText < 0) {
        firstText = row;
      }
    }
    int filled = table.rows() - missing;
    if (numbers < filled && numbers > MOSTLY * filled && values.size() > SMALL) {
      throw InputException.of(
          table.where(firstText, column),
          "a number, as in %d of %d rows".formatted(numbers, table.rows()),
          Cells.quoted(table.cell(firstText, column)),
          "Correct the cell, or set kind: category for the column in the file of the network; for a label, label_kind: classes");
    }
    boolean allNumbers = numbers == filled;
    boolean allWhole = whole == filled;
    String reason = reason(table, column, values, missing, allNumbers, allWhole);
    ColumnKind kind =
        reason != null ? ColumnKind.IGNORE : kind(values, filled, allNumbers, allWhole);
    return new ColumnSurvey(
        table.columns().get(column),
        kind,
        reason,
        missing,
        values.size() > MOST_CATEGORIES ? null : sorted(values, allNumbers),
        allNumbers,
        allWhole);
  }

  private static boolean isWhole(String cell) {
    double value = Double.parseDouble(cell);
    return value == Math.rint(value) && !cell.contains(".");
  }

  private static @Nullable String reason(
      Table table, int column, Set<String> values, int missing, boolean numbers, boolean whole) {
    int rows = table.rows();
    if (values.isEmpty()) {
      return "it holds no value";
    }
    if (values.size() == 1 && missing == 0) {
      return "it is always " + Cells.quoted(values.iterator().next());
    }
    if (whole && values.size() == rows && rows > SMALL && counts(table, column)) {
      return "it numbers the rows";
    }
    boolean many = values.size() > MOST_CATEGORIES || rows > SMALL && values.size() > rows / 2;
    return many && !numbers ? values.size() + " different texts in " + rows + " rows" : null;
  }

  /** Returns whether each row's number is that of the row before, plus one. */
  private static boolean counts(Table table, int column) {
    for (int row = 1; row < table.rows(); row++) {
      double before = Double.parseDouble(table.cell(row - 1, column));
      if (Double.parseDouble(table.cell(row, column)) != before + 1) {
        return false;
      }
    }
    return true;
  }

  private static ColumnKind kind(Set<String> values, int filled, boolean numbers, boolean whole) {
    if (values.size() == 2 && Cells.areBooleans(values)) {
      return ColumnKind.BOOLEAN;
    }
    boolean few = whole && values.size() <= FEW_NUMBERS && filled >= OF_EACH * values.size();
    return numbers && !few ? ColumnKind.NUMERIC : ColumnKind.CATEGORY;
  }

  /** Sorts numbers by size, and texts by their letters. */
  static List<String> sorted(Set<String> values, boolean numbers) {
    List<String> sorted = new ArrayList<>(values);
    sorted.sort(null);
    if (numbers) {
      sorted.sort((a, b) -> Double.compare(Double.parseDouble(a), Double.parseDouble(b)));
    }
    return List.copyOf(sorted);
  }
}
