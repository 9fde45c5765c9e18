package dev.sinter.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A table in a box, like the summaries of Keras 3, drawn with lines or in ASCII. Text longer than
 * its cell continues on further lines; a line break in it starts a new one.
 *
 * <p>Any number of threads may call its methods.
 */
public final class BoxTable {
  private static final int WIDEST = 88;
  private static final int WIDEST_CONNECTED = 108;
  private static final int NARROWEST = 24; // below it, a cell would be empty
  private static final int MARGIN = 4;

  /** The left end, filling, crossing and right end of a horizontal line. */
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
  private static final int NARROWEST_CELL = 4; // two characters, enough for a wide character

  /** A horizontal line instead of a row. */
  public static final List<String> LINE = List.of();

  private final int[] widths; // of cells, including a blank on either side
  private final IntPredicate right; // columns that are right-aligned
  private final boolean unicode;

  private BoxTable(int[] widths, IntPredicate right, boolean unicode) {
    this.widths = widths;
    this.right = right;
    this.unicode = unicode;
  }

  /**
   * Returns the three columns of a summary, with lines between the rows. The width L is the
   * terminal width minus 4, at most 88. The columns get 45 %, 35 % and 20 % of L, minus the frame.
   * Four columns get 30 %, 26 %, 18 % and 26 % of at most 108.
   */
  static List<String> summary(
      int columns, boolean unicode, List<String> titles, List<List<String>> rows) {
    boolean connected = titles.size() > 3;
    int widest = connected ? WIDEST_CONNECTED : WIDEST;
    int length = Math.max(NARROWEST, Math.min(widest, columns - MARGIN));
    int first = (int) ((connected ? 0.3 : 0.45) * length);
    int second = (int) ((connected ? 0.56 : 0.80) * length);
    int third = (int) (0.74 * length);
    int[] widths =
        connected
            ? new int[] {first - 1, second - first - 1, third - second - 2, length - third - 1}
            : new int[] {first - 1, second - first - 2, length - second - 1};
    BoxTable table = new BoxTable(widths, i -> i == 2, unicode);
    table.keepNumbersWhole(rows);
    return table.lines(titles, ruled(rows));
  }

  /** Returns the rows separated by horizontal lines. */
  public static List<List<String>> ruled(List<List<String>> rows) {
    return rows.stream().flatMap(row -> Stream.of(LINE, row)).skip(1).toList();
  }

  /**
   * Returns a table with columns as wide as their text, or narrower if the terminal is narrower.
   *
   * @param titles one per column
   * @param rows one text per column, or {@link #LINE}
   * @param firstRight the first right-aligned column; all later ones are right-aligned as well
   */
  public static List<String> fitting(
      Terminal terminal, List<String> titles, List<List<String>> rows, int firstRight) {
    int[] widths = naturalWidths(titles, rows);
    int room = terminal.columns() - widths.length - 1;
    shrink(widths, widths(titles, rows, "\\s"), room); // whole words, if that is enough
    shrink(widths, IntStream.generate(() -> NARROWEST_CELL).limit(widths.length).toArray(), room);
    return new BoxTable(widths, i -> i >= firstRight, terminal.unicode()).lines(titles, rows);
  }

  /** Returns the width in characters that {@link #fitting} uses if there is enough room. */
  public static int naturalWidth(List<String> titles, List<List<String>> rows) {
    return Arrays.stream(naturalWidths(titles, rows)).sum() + titles.size() + 1;
  }

  /** Returns the widths of the cells if no line of text is broken. */
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

  /**
   * Shrinks the widest column above its minimum width, repeatedly, until all fit or none is left.
   */
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

  /** Keeps numbers on one line by shrinking the column of names if possible; Keras breaks them. */
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
        line.append(bar).append(' ');
        line.append(right.test(i) ? blanks + content : content + blanks);
        line.append(' ');
      }
      lines.add(line.append(bar).toString());
    }
    return lines;
  }

  /** Breaks text into rows, between words if possible. */
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

  /**
   * Returns the width of a character: 2 for Chinese, Japanese and Korean characters and most emoji,
   * 0 for combining accents.
   */
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
