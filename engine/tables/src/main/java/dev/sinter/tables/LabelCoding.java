package dev.sinter.tables;

import dev.sinter.errors.InputException;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How the cells of the label column become labels. Immutable: any number of threads may use it.
 *
 * @param name of the column
 * @param classes the names of the classes, in the order of their indices; null for a number
 */
public record LabelCoding(String name, @Nullable List<String> classes) {
  private static final int MOST_WHOLE_NUMBERS = 10; // that are classes, not a quantity
  private static final int FEW_ROWS = 20; // too few to say that labels differ

  public LabelCoding {
    classes = classes == null ? null : List.copyOf(classes);
  }

  /** Returns whether the label is one of several classes. */
  public boolean isClass() {
    return classes != null;
  }

  /**
   * Learns the labels of a table. Without a kind, texts and up to 10 different whole numbers are
   * classes, in order; other numbers are numbers.
   *
   * @throws InputException for a gap, for a single class, and without a kind for texts that differ
   *     in most rows and for a text among numbers
   */
  static LabelCoding learn(Table table, int column, @Nullable LabelKind kind) {
    String name = table.columns().get(column);
    TreeSet<String> found = new TreeSet<>();
    for (int row = 0; row < table.rows(); row++) {
      String cell = table.cell(row, column);
      if (Cells.isMissing(cell)) {
        throw InputException.of(
            table.where(row, column),
            "a label",
            Cells.quoted(cell),
            "Remove the row, or fill the gap");
      }
      found.add(cell);
    }
    boolean numbers =
        kind == null
            ? ColumnSurvey.of(table, column).numbers()
            : found.stream().allMatch(Cells::isNumber);
    boolean whole = found.stream().allMatch(cell -> cell.matches("[+-]?\\d+"));
    boolean quantity =
        kind == null
            ? numbers && !(whole && found.size() <= MOST_WHOLE_NUMBERS)
            : kind == LabelKind.NUMBER;
    if (quantity) {
      return new LabelCoding(name, null);
    }
    if (found.size() < 2) {
      throw InputException.of(
          table.file() + ", column " + name,
          "labels of at least 2 classes",
          "always " + Cells.quoted(found.first()),
          "Name another label");
    }
    if (kind == null && table.rows() > FEW_ROWS && found.size() > table.rows() / 2) {
      throw InputException.of(
          table.file() + ", column " + name,
          "numbers, or labels of a few classes",
          found.size() + " different texts in " + table.rows() + " rows",
          "Name another label, or set label_kind: classes in the file of the network");
    }
    return new LabelCoding(name, ColumnSurvey.sorted(found, numbers));
  }

  /** Returns the index of a cell's class, or its number. */
  float encode(Supplier<String> where, String cell) {
    if (classes == null) {
      return Cells.number(where, cell);
    }
    int place = classes.indexOf(cell);
    if (place < 0) {
      throw InputException.of(
          where.get(),
          "one of the classes in training: " + Cells.listed(classes),
          Cells.quoted(cell),
          "Correct the cell");
    }
    return place;
  }
}
