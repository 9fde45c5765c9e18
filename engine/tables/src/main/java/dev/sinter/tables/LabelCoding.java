package dev.sinter.tables;

import dev.sinter.errors.InputException;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * How the cells of the label column become labels. Immutable: any number of threads may use it.
 *
 * @param name of the column
 * @param classes the names of the classes, in the order of their indices; null for a number
 */
public record LabelCoding(String name, @Nullable List<String> classes) {
  private static final int MOST_WHOLE_NUMBERS = 10; // that are classes, not a quantity

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
   * @throws InputException for a gap, and for a single class
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
    boolean numbers = found.stream().allMatch(Cells::isNumber);
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
    return new LabelCoding(name, ColumnSurvey.sorted(found, numbers));
  }

  /** Returns the index of a cell's class, or its number. */
  float encode(String where, String cell) {
    if (classes == null) {
      return Cells.number(where, cell);
    }
    int place = classes.indexOf(cell);
    if (place < 0) {
      throw InputException.of(
          where,
          "one of the classes in training: " + Cells.listed(classes),
          Cells.quoted(cell),
          "Correct the cell");
    }
    return place;
  }
}
