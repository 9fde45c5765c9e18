package dev.sinter.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A table of three columns in a box, as Keras 3 has its summaries drawn: lines, or ASCII.
 *
 * <p>Of L columns, at most 88 and 4 less than the terminal has, a cell gets 45 %, 35 % and 20 %,
 * less what the frame takes; longer text goes to further rows.
 */
final class BoxTable {
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

  private final int[] widths; // of cells, with a blank on either side
  private final boolean unicode;

  BoxTable(int columns, boolean unicode) {
    int length = Math.max(NARROWEST, Math.min(WIDEST, columns - MARGIN));
    int first = (int) (0.45 * length);
    int second = (int) (0.80 * length);
    this.widths = new int[] {first - 1, second - first - 2, length - second - 1};
    this.unicode = unicode;
  }

  List<String> lines(List<String> titles, List<List<String>> rows) {
    keepNumbersWhole(rows);
    List<String> lines = new ArrayList<>();
    lines.add(rule(Rule.TOP));
    lines.addAll(row(titles, unicode ? "┃" : "|"));
    Rule next = Rule.HEADING;
    for (List<String> row : rows) {
      lines.add(rule(next));
      lines.addAll(row(row, unicode ? "│" : "|"));
      next = Rule.BETWEEN;
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
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      line.append(signs.charAt(i == 0 ? 0 : 2)).append(signs.substring(1, 2).repeat(widths[i]));
    }
    return line.append(signs.charAt(3)).toString();
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
        boolean right = i == widths.length - 1;
        line.append(bar).append(' ').append(right ? blanks + content : content + blanks);
        line.append(' ');
      }
      lines.add(line.append(bar).toString());
    }
    return lines;
  }

  /** Breaks text into rows, between words where that is possible. */
  static List<String> fold(String text, int width) {
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
