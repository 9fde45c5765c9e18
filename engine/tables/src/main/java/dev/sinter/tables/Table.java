package dev.sinter.tables;

import dev.sinter.errors.InputException;
import dev.sinter.errors.KnownNames;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The cells of a CSV file, as texts, in columns that have names. Immutable: any number of threads
 * may use it.
 *
 * <p>The delimiter (comma, semicolon, tab or |) and a decimal comma, which goes with the other
 * delimiters, are found by themselves. The first line is a heading unless one of its cells is a
 * number; without a heading the columns are column_1, column_2, ... UTF-8, with or without a byte
 * order mark; fields may be quoted; empty lines are left out.
 *
 * <pre>{@code
 * var table = Table.read(Path.of("iris.csv"));
 * var coding = TableCoding.learn(table, TableOptions.label("species"), rows);
 * }</pre>
 *
 * <p>Errors: {@link InputException} for a file that is missing, empty or not in UTF-8, a line with
 * more or fewer cells than the first, two columns of one name.
 */
public final class Table {
  private final Path file;
  private final List<String> columns;
  private final List<CsvFile.Line> rows;
  private final boolean decimalComma;

  private Table(Path file, List<String> columns, List<CsvFile.Line> rows, boolean decimalComma) {
    this.file = file;
    this.columns = columns;
    this.rows = rows;
    this.decimalComma = decimalComma;
  }

  /** Reads a file; whether it has a heading is found by itself. */
  public static Table read(Path file) {
    return read(file, null, false);
  }

  /**
   * Reads a file.
   *
   * @param heading whether the first line is a heading; null to find out
   * @param decimalComma whether numbers may have a decimal comma beside points, as in a table
   *     before this one; else it is found out
   */
  public static Table read(Path file, @Nullable Boolean heading, boolean decimalComma) {
    CsvFile.Content content = new CsvFile(file).read();
    List<CsvFile.Line> lines = content.lines();
    CsvFile.Line first = lines.get(0);
    boolean comma = content.delimiter() != ',' && (decimalComma || hasDecimalComma(lines));
    boolean named =
        heading == null
            ? Arrays.stream(first.fields())
                .noneMatch(cell -> Cells.isNumber(cell) || comma && Cells.isCommaNumber(cell))
            : heading;
    List<CsvFile.Line> rows = named ? lines.subList(1, lines.size()) : lines;
    if (rows.isEmpty()) {
      throw InputException.of(
          file.toString(), "rows below its heading", "a heading alone", "Add rows");
    }
    List<String> columns =
        IntStream.range(0, first.fields().length)
            .mapToObj(i -> named && !first.fields()[i].isEmpty() ? first.fields()[i] : unnamed(i))
            .toList();
    requireDifferent(file, first.number(), columns);
    return new Table(file, columns, rows, comma);
  }

  private static String unnamed(int column) {
    return "column_" + (column + 1);
  }

  /** Returns whether there are numbers with a comma, and none with a point. */
  private static boolean hasDecimalComma(List<CsvFile.Line> lines) {
    boolean comma = false;
    for (CsvFile.Line line : lines) {
      for (String cell : line.fields()) {
        if (cell.indexOf('.') >= 0 && Cells.isNumber(cell)) {
          return false;
        }
        comma |= cell.indexOf(',') >= 0 && Cells.isCommaNumber(cell);
      }
    }
    return comma;
  }

  private static void requireDifferent(Path file, long line, List<String> columns) {
    Map<String, Integer> places = new HashMap<>();
    for (int i = 0; i < columns.size(); i++) {
      Integer other = places.put(columns.get(i), i);
      if (other != null) {
        throw InputException.of(
            file + ", line " + line,
            "columns with different names",
            "%s as column %d and column %d"
                .formatted(Cells.quoted(columns.get(i)), other + 1, i + 1),
            "Rename one of them");
      }
    }
  }

  /** Returns the file that it was read from. */
  public Path file() {
    return file;
  }

  /** Returns whether its numbers have a decimal comma. */
  public boolean decimalComma() {
    return decimalComma;
  }

  /** Returns the names of the columns, in order. */
  public List<String> columns() {
    return columns;
  }

  /** Returns the number of rows, without the heading. */
  public int rows() {
    return rows.size();
  }

  /** Returns a cell as it stands in the file, but with a decimal point. */
  public String cell(int row, int column) {
    String cell = rows.get(row).fields()[column];
    return decimalComma && Cells.isCommaNumber(cell) ? cell.replace(',', '.') : cell;
  }

  /**
   * Returns the place of a column.
   *
   * @throws InputException if there is none of that name; it says the nearest
   */
  public int column(String name) {
    int place = columns.indexOf(name);
    if (place >= 0) {
      return place;
    }
    KnownNames<String> known = KnownNames.of("column", columns, column -> column);
    throw InputException.of(
        file + ", columns",
        "one called " + Cells.quoted(name),
        Cells.listed(columns),
        known
            .nearest(name)
            .map(near -> "Correct the name: the nearest is " + near)
            .orElse("Correct the name"));
  }

  /** Returns the line of a row in the file, from 1. */
  public long line(int row) {
    return rows.get(row).number();
  }

  /** Returns a cell's place, for messages: file, line and column. */
  public String where(int row, int column) {
    return "%s, line %d, column %s".formatted(file, line(row), columns.get(column));
  }
}
