package dev.sinter.cli;

import java.io.PrintWriter;
import java.util.Locale;

/** One line on a terminal that says what is being measured; nothing elsewhere. */
final class BenchProgress {
  private final PrintWriter out;
  private final int cells;
  private final double secondsPerCell;
  private final boolean visible;
  private int length;

  BenchProgress(PrintWriter out, int cells, double secondsPerCell, boolean visible) {
    this.out = out;
    this.cells = cells;
    this.secondsPerCell = secondsPerCell;
    this.visible = visible;
  }

  void show(String backend, String recipe, int done) {
    String text = "%s, %s: %d of %d, about %.0f s left";
    double left = Math.ceil((cells - done) * (secondsPerCell * 1.1 + 1));
    replace(String.format(Locale.ROOT, text, backend, recipe, done + 1, cells, left));
  }

  void clear() {
    replace("");
    if (visible) {
      out.print("\r");
      out.flush();
    }
  }

  private void replace(String text) {
    if (visible) {
      out.print("\r" + text + " ".repeat(Math.max(0, length - text.length())));
      out.flush();
      length = text.length();
    }
  }
}
