package dev.sinter.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The texts of a progress line, as in Keras, plus the speed in samples per second.
 *
 * <p>A line too long for its terminal gets a shorter bar, then no speed. Text that still does not
 * fit is omitted while the epoch runs, and moves to further rows when it has ended. Source: Keras
 * 3, utils/progbar.py; Keras 2, utils/generic_utils.py.
 */
final class ProgressText {
  private static final String SEPARATOR = " - ";
  private static final String BOLD = "\033[1m";
  private static final String GREEN = "\033[32m";
  private static final String WHITE = "\033[37m";
  private static final String RESET = "\033[0m";

  private static final int SHORTEST_BAR = 3;

  private final Style style;
  private final Terminal terminal;
  private final int room; // the last column stays free, because some terminals wrap after it
  private final int fullBar;
  private final int shortBar; // least width of the bar if the speed is shown as well

  ProgressText(Style style, Terminal terminal) {
    this.style = style;
    this.terminal = terminal;
    this.room = terminal.live() ? Math.max(1, terminal.columns() - 1) : Integer.MAX_VALUE;
    this.fullBar = style == Style.KERAS2 ? 30 : 20;
    this.shortBar = style == Style.KERAS2 ? 10 : 5;
  }

  /** A text and its width in columns, without escape sequences. */
  record Row(String text, int width) {
    Row(String text) {
      this(text, text.length());
    }

    private Row and(Row more) {
      return new Row(text + more.text, width + more.width);
    }

    private Row and(String more) {
      return and(new Row(more));
    }
  }

  /**
   * Returns one line for a finished epoch: the format of verbose 2 in Keras, after the epoch
   * number.
   */
  static String line(Progress progress, Map<String, Double> logs) {
    String epochs = Integer.toString(progress.epochs());
    List<String> parts = new ArrayList<>();
    parts.add("Epoch " + padded(progress.epoch() + 1, epochs) + "/" + epochs);
    parts.add(counter(progress));
    parts.add(seconds(progress));
    parts.add(Numbers.perStep(progress.secondsPerStep()));
    parts.addAll(metrics(logs, Style.KERAS3));
    parts.add(Numbers.rate(progress.samplesPerSecond()));
    return String.join(SEPARATOR, parts);
  }

  /** Returns the row for a running epoch. */
  Row running(Progress progress) {
    List<String> metrics = metrics(progress.logs(), style);
    Row whole = inOneRow(progress, metrics, true);
    for (int kept = metrics.size() - 1; whole == null && kept >= 0; kept--) {
      whole = row(progress, metrics.subList(0, kept), true, 0);
    }
    if (whole != null) {
      return whole;
    }
    String least = counter(progress) + " " + time(progress, true);
    return new Row(least.substring(0, Math.min(room, least.length())));
  }

  /** Returns the rows for a finished epoch; one row if everything fits. */
  List<Row> finished(Progress progress, Map<String, Double> logs) {
    List<String> items = metrics(logs, style);
    Row whole = inOneRow(progress, items, false);
    if (whole != null) {
      return List.of(whole);
    }
    items.add(Numbers.rate(progress.samplesPerSecond()));
    int longest = items.stream().mapToInt(String::length).max().orElse(0);
    int indent = Math.max(0, Math.min(counter(progress).length() + 1, room - longest));
    List<Row> rows = new ArrayList<>();
    Row head = row(progress, List.of(), false, SHORTEST_BAR);
    head = head != null ? head : row(progress, List.of(), false, 0);
    Row row = head != null ? head : lastOf(counter(progress), rows);
    for (String item : items) {
      if (row.width + SEPARATOR.length() + item.length() <= room) {
        row = row.and(SEPARATOR + item);
      } else {
        rows.add(row);
        row = lastOf(" ".repeat(indent) + item, rows);
      }
    }
    rows.add(row);
    return rows;
  }

  /** Adds all full rows of a text and returns the last, incomplete one. */
  private Row lastOf(String text, List<Row> rows) {
    String rest = text;
    for (; rest.length() > room; rest = rest.substring(room)) {
      rows.add(new Row(rest.substring(0, room)));
    }
    return new Row(rest);
  }

  private @Nullable Row inOneRow(Progress progress, List<String> metrics, boolean running) {
    Row row =
        row(progress, with(metrics, Numbers.rate(progress.samplesPerSecond())), running, fullBar);
    if (row == null) {
      String rate = Numbers.shortRate(progress.samplesPerSecond());
      row = row(progress, with(metrics, rate), running, shortBar);
    }
    return row != null ? row : row(progress, metrics, running, SHORTEST_BAR);
  }

  private static List<String> with(List<String> items, String more) {
    List<String> all = new ArrayList<>(items);
    all.add(more);
    return all;
  }

  /**
   * Returns one row, or null if it does not fit with a bar of at least {@code leastBar} columns; 0
   * means no bar, and there is none where the number of steps is not known.
   */
  private @Nullable Row row(Progress progress, List<String> items, boolean running, int leastBar) {
    StringBuilder tail = new StringBuilder();
    items.forEach(item -> tail.append(SEPARATOR).append(item));
    Row start = strong(counter(progress));
    Row time = strong(time(progress, running));
    Row step = new Row(running && style == Style.KERAS2 ? "" : " " + step(progress));
    Row end = time.and(step).and(tail.toString());
    int frame = style == Style.KERAS2 ? " [] - ".length() : "  ".length();
    int space = room - start.width - end.width;
    if (leastBar == 0 || progress.steps() == 0) {
      return space < 1 ? null : start.and(" ").and(end);
    }
    int bar = Math.min(fullBar, space - frame);
    return bar < leastBar ? null : start.and(bar(progress, bar)).and(end);
  }

  /** Returns the bar with its frame. */
  private Row bar(Progress progress, int width) {
    int done = (int) ((double) width * progress.step() / progress.steps());
    if (style == Style.KERAS2) {
      String tip = progress.step() < progress.steps() ? ">" : "=";
      String arrow = done == 0 ? "" : "=".repeat(done - 1) + tip;
      return new Row(" [" + arrow + ".".repeat(width - done) + "] - ");
    }
    String full = (terminal.unicode() ? "━" : "=").repeat(done);
    if (!terminal.color()) { // Keras distinguishes done from undone only by colour
      String open = (terminal.unicode() ? "─" : "-").repeat(width - done);
      return new Row(" " + full + open + " ");
    }
    String open = (terminal.unicode() ? "━" : "-").repeat(width - done);
    String text = (done == 0 ? "" : GREEN + full + RESET) + WHITE + open + RESET;
    return new Row(" " + text + " ", width + 2);
  }

  private Row strong(String text) {
    boolean bold = terminal.color() && style == Style.KERAS3;
    return bold ? new Row(BOLD + text + RESET, text.length()) : new Row(text);
  }

  private String time(Progress progress, boolean running) {
    if (!running || progress.steps() == 0) {
      return seconds(progress);
    }
    String left = Numbers.timeLeft(progress.secondsLeft());
    return style == Style.KERAS2 ? "ETA: " + left : left;
  }

  private static String seconds(Progress progress) {
    return Math.round(progress.seconds()) + "s";
  }

  private static String step(Progress progress) {
    return Numbers.perStep(progress.secondsPerStep());
  }

  private static String counter(Progress progress) {
    if (progress.steps() == 0) {
      return padded(progress.step(), "1234567") + "/Unknown";
    }
    String steps = Integer.toString(progress.steps());
    return padded(progress.step(), steps) + "/" + steps;
  }

  private static String padded(int number, String like) {
    String digits = Integer.toString(number);
    return " ".repeat(Math.max(0, like.length() - digits.length())) + digits;
  }

  /**
   * Returns the metrics in order: Keras 3 sorts by name; Keras 2 puts the loss first and validation
   * last.
   */
  private static List<String> metrics(Map<String, Double> logs, Style style) {
    Comparator<String> order = Comparator.naturalOrder();
    if (style == Style.KERAS2) {
      order =
          Comparator.comparing((String name) -> name.startsWith("val_"))
              .thenComparing(name -> !name.equals("loss") && !name.equals("val_loss"))
              .thenComparing(Comparator.naturalOrder());
    }
    List<String> texts = new ArrayList<>();
    logs.entrySet().stream()
        .sorted(Map.Entry.comparingByKey(order))
        .forEach(log -> texts.add(log.getKey() + ": " + Numbers.metric(log.getValue())));
    return texts;
  }
}
