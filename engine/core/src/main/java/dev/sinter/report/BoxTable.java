package dev.sinter.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A table in a box, as Keras 3 has its summaries drawn: lines, or ASCII. Text that is longer than
 * its cell goes to further lines; a line end in it starts one.
 */
public final class BoxTable {
  private static final int WIDEST = 88;
  private static final int NARROWEST = 24; // below, a cell would hold nothing
  private static final int MARGIN = 4;

  /** Left end, filling, crossing and right end of a horizontal line. */
  private enum Rule {
    TOP("┏━┳┓", "+--+"),
    HEADING("┡━╇┩", "|-+|"),
    BETWEEN("├─┼┤", "|-+|"),
    BOTTOM("└─┴┘", "+--+");

    private final String lines;
    private final String ascii;

    Rule(String lines, String ascii) {
      this.lines = lines;
      this.ascii = ascii;
    }
  }

  private static final int NARROWEST_NAME = 8;
  private static final int NARROWEST_CELL = 4; // two characters, so that a wide sign has room

  /** Stands for a horizontal line where a row is expected. */
  public static final List<String> LINE = List.of();

  private final int[] widths; // of cells, with a blank on either side
  private final int firstRight; // this column and those after it are aligned right
  private final boolean unicode;

  private BoxTable(int[] widths, int firstRight, boolean unicode) {
    this.widths = widths;
    this.firstRight = firstRight;
    this.unicode = unicode;
  }

  /**
   * Returns a summary's three columns, with lines between the rows: of L characters, at most 88 and
   * 4 less than the terminal has, they get 45 %, 35 % and 20 %, less what the frame takes.
   */
  static List<String> summary(
      int columns, boolean unicode, List<String> titles, List<List<String>> rows) {
    int length = Math.max(NARROWEST, Math.min(WIDEST, columns - MARGIN));
    int first = (int) (0.45 * length);
    int second = (int) (0.80 * length);
    int[] widths = {first - 1, second - first - 2, length - second - 1};
    BoxTable table = new BoxTable(widths, 2, unicode);
    table.keepNumbersWhole(rows);
    return table.lines(titles, ruled(rows));
  }

  /** Returns rows with a horizontal line between each two. */
  public static List<List<String>> ruled(List<List<String>> rows) {
    return rows.stream().flatMap(row -> Stream.of(LINE, row)).skip(1).toList();
  }

  /**
   * Returns a table whose columns are as wide as their text, or narrower where the terminal is.
   *
   * @param titles one a column
   * @param rows a text a column each, or {@link #LINE}
   * @param firstRight the first column that is aligned right; those after it are as well
   */
  public static List<String> fitting(
      Terminal terminal, List<String> titles, List<List<String>> rows, int firstRight) {
    int[] widths = naturalWidths(titles, rows);
    int room = terminal.columns() - widths.length - 1;
    shrink(widths, widths(titles, rows, "\\s"), room); // whole words, where that is enough
    shrink(widths, IntStream.generate(() -> NARROWEST_CELL).limit(widths.length).toArray(), room);
    return new BoxTable(widths, firstRight, terminal.unicode()).lines(titles, rows);
  }

  /** Returns how many characters {@link #fitting} takes where there is room. */
  public static int naturalWidth(List<String> titles, List<List<String>> rows) {
    return Arrays.stream(naturalWidths(titles, rows)).sum() + titles.size() + 1;
  }

  /** Returns the cells' widths when no line of a text is broken. */
  private static int[] naturalWidths(List<String> titles, List<List<String>> rows) {
    return widths(titles, rows, "\n");
  }

  private static int[] widths(List<String> titles, List<List<String>> rows, String ends) {
    int[] widths = new int[titles.size()];
    for (int i = 0; i < widths.length; i++) {
      int column = i;
      widths[i] =
          2
              + Stream.concat(Stream.of(titles), rows.stream().filter(row -> !row.isEmpty()))
                  .flatMap(row -> Arrays.stream(row.get(column).split(ends)))
                  .mapToInt(BoxTable::columns)
                  .max()
                  .orElse(0);
    }
    return widths;
  }

  /** Takes from the widest column that is above its least width, until all fit or none is left. */
  private static void shrink(int[] widths, int[] least, int room) {
    while (Arrays.stream(widths).sum() > room) {
      int widest = -1;
      for (int i = 0; i < widths.length; i++) {
        if (widths[i] > least[i] && (widest < 0 || widths[i] > widths[widest])) {
          widest = i;
        }
      }
      if (widest < 0) {
        return;
      }
      widths[widest]--;
    }
  }

  private List<String> lines(List<String> titles, List<List<String>> rows) {
    List<String> lines = new ArrayList<>();
    lines.add(rule(Rule.TOP));
    lines.addAll(row(titles, unicode ? "┃" : "|"));
    lines.add(rule(Rule.HEADING));
    for (List<String> row : rows) {
      if (row.isEmpty()) {
        lines.add(rule(Rule.BETWEEN));
      } else {
        lines.addAll(row(row, unicode ? "│" : "|"));
      }
    }
    lines.add(rule(Rule.BOTTOM));
    return lines;
  }

  /** Keras breaks a number that does not fit; here the name's column gives way, if it can. */
  private void keepNumbersWhole(List<List<String>> rows) {
    int longest =
        rows.stream()
            .flatMap(row -> Arrays.stream(row.get(2).split(" ")))
            .mapToInt(String::length)
            .max()
            .orElse(0);
    int missing = Math.min(longest + 2 - widths[2], widths[0] - NARROWEST_NAME);
    if (missing > 0) {
      widths[0] -= missing;
      widths[2] += missing;
    }
  }

  private String rule(Rule rule) {
    String signs = unicode ? rule.lines : rule.ascii;
    return Arrays.stream(widths)
        .mapToObj(signs.substring(1, 2)::repeat)
        .collect(
            Collectors.joining(signs.substring(2, 3), signs.substring(0, 1), signs.substring(3)));
  }

  private List<String> row(List<String> cells, String bar) {
    List<List<String>> folded = new ArrayList<>();
    int height = 0;
    for (int i = 0; i < widths.length; i++) {
      folded.add(fold(cells.get(i), widths[i] - 2));
      height = Math.max(height, folded.get(i).size());
    }
    List<String> lines = new ArrayList<>();
    for (int y = 0; y < height; y++) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String content = y < folded.get(i).size() ? folded.get(i).get(y) : "";
        String blanks = " ".repeat(widths[i] - 2 - columns(content));
        boolean right = i >= firstRight;
        line.append(bar).append(' ').append(right ? blanks + content : content + blanks);
        line.append(' ');
      }
      lines.add(line.append(bar).toString());
    }
    return lines;
  }

  /** Breaks text into rows, between words where that is possible. */
  static List<String> fold(String text, int width) {
    if (text.indexOf('\n') >= 0) {
      return text.lines().flatMap(line -> fold(line, width).stream()).toList();
    }
    List<String> rows = new ArrayList<>();
    StringBuilder row = new StringBuilder();
    for (String word : text.split(" ", -1)) {
      if (row.length() > 0 && columns(row) + 1 + columns(word) > width) {
        rows.add(row.toString());
        row.setLength(0);
      }
      row.append(row.length() > 0 ? " " : "");
      for (int sign : word.codePoints().toArray()) {
        if (row.length() > 0 && columns(row) + columns(sign) > width) {
          rows.add(row.toString());
          row.setLength(0);
        }
        row.appendCodePoint(sign);
      }
    }
    rows.add(row.toString());
    return rows;
  }

  private static int columns(CharSequence text) {
    return text.codePoints().map(BoxTable::columns).sum();
  }

  /** Chinese, Japanese and Korean signs and most emoji take two columns, accents none. */
  private static int columns(int sign) {
    int type = Character.getType(sign);
    if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK) {
      return 0;
    }
    boolean wide =
        sign >= 0x1100 && sign <= 0x115F
            || sign >= 0x2E80 && sign <= 0xA4CF
            || sign >= 0xAC00 && sign <= 0xD7A3
            || sign >= 0xF900 && sign <= 0xFAFF
            || sign >= 0xFE30 && sign <= 0xFE6F
            || sign >= 0xFF00 && sign <= 0xFF60
            || sign >= 0x1F300 && sign <= 0x1F64F
            || sign >= 0x1F900 && sign <= 0x1F9FF
            || sign >= 0x20000 && sign <= 0x3FFFD;
    return wide ? 2 : 1;
  }
}
