package dev.sinter.benchmarks.report;

import java.util.ArrayList;
import java.util.List;

/** A table in Markdown whose source reads well, too: columns are padded, numbers stand right. */
final class MarkdownTable {
  private final List<String> heads = new ArrayList<>();
  private final List<Boolean> numeric = new ArrayList<>();
  private final List<List<String>> rows = new ArrayList<>();

  /** Adds a column of text. */
  MarkdownTable text(String head) {
    heads.add(cell(head));
    numeric.add(false);
    return this;
  }

  /** Adds a column of numbers. */
  MarkdownTable number(String head) {
    heads.add(cell(head));
    numeric.add(true);
    return this;
  }

  /** Adds a row with one cell a column. */
  void row(List<String> cells) {
    if (cells.size() != heads.size()) {
      throw new IllegalArgumentException(cells.size() + " cells for " + heads.size() + " columns");
    }
    rows.add(cells.stream().map(MarkdownTable::cell).toList());
  }

  boolean isEmpty() {
    return rows.isEmpty();
  }

  /**
   * Returns the lines of the table; columns after the first whose cells are all empty are left out.
   */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    List<Integer> columns = new ArrayList<>();
    for (int i = 0; i < heads.size(); i++) {
      int column = i;
      if (i == 0 || rows.stream().anyMatch(row -> !row.get(column).isEmpty())) {
        columns.add(i);
      }
    }
    line(text, columns, heads);
    text.append('|');
    for (int column : columns) {
      text.append("-".repeat(width(column) + 1)).append(numeric.get(column) ? ":|" : "-|");
    }
    text.append('\n');
    rows.forEach(row -> line(text, columns, row));
    return text.toString();
  }

  private void line(StringBuilder text, List<Integer> columns, List<String> cells) {
    text.append('|');
    for (int column : columns) {
      String padding = " ".repeat(width(column) - length(cells.get(column)));
      String cell = cells.get(column);
      text.append(' ').append(numeric.get(column) ? padding + cell : cell + padding).append(" |");
    }
    text.append('\n');
  }

  private int width(int column) {
    int widest = rows.stream().mapToInt(row -> length(row.get(column))).max().orElse(0);
    return Math.max(widest, length(heads.get(column)));
  }

  private static int length(String cell) {
    return cell.codePointCount(0, cell.length());
  }

  private static String cell(String text) {
    return text.replaceAll("\\R", " ").replace("|", "\\|");
  }
}
