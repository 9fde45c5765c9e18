package dev.sinter.figures;

/**
 * A rectangle with a horizontal and a vertical axis: converts numbers to logical pixels, draws grid
 * and ticks.
 *
 * @param left edge of the rectangle
 * @param top edge of the rectangle
 * @param x the numbers at its left and right edges
 * @param y the numbers at its lower and upper edges
 */
record Axes(double left, double top, double width, double height, Range x, Range y) {
  private static final int TICKS_Y = 7;
  private static final double TICK_WIDTH = 55; // room for one number below the horizontal axis

  /**
   * A range of numbers.
   *
   * @param high above {@code low}
   */
  record Range(double low, double high) {
    /** Returns a range wide enough to draw; around a nearly single number, a tenth of it. */
    static Range around(double low, double high) {
      if (high - low > 1e-6 * Math.max(Math.abs(low), Math.abs(high))) {
        return new Range(low, high);
      }
      double margin = low == 0 ? 1 : Math.abs(low) * 0.1;
      return new Range(low - margin, high + margin);
    }

    /** Returns the range extended at each end by a share of its width. */
    Range padded(double share) {
      double margin = (high - low) * share;
      return new Range(low - margin, high + margin);
    }
  }

  double toX(double value) {
    return left + (value - x.low()) / (x.high() - x.low()) * width;
  }

  double toY(double value) {
    return top + height - (value - y.low()) / (y.high() - y.low()) * height;
  }

  double bottom() {
    return top + height;
  }

  double right() {
    return left + width;
  }

  /** Draws horizontal grid lines with numbers at the left. */
  void drawVertical(Canvas canvas) {
    Ticks ticks = Ticks.within(y.low(), y.high(), TICKS_Y, false);
    for (double value : ticks.values()) {
      canvas.line(Palette.GRID, 1, left, toY(value), right(), toY(value));
      canvas.text(Text.TICK, ticks.format(value), left - 8, toY(value) + 4, Canvas.Align.RIGHT);
    }
    canvas.line(Palette.FRAME, 1, left, top, left, bottom());
  }

  /** Draws the lower line with the whole numbers from first to last below it. */
  void drawHorizontal(Canvas canvas, String title, int first, int last) {
    canvas.line(Palette.FRAME, 1, left, bottom(), right(), bottom());
    int wanted = (int) Math.max(1, width / TICK_WIDTH);
    Ticks ticks = Ticks.within(first, Math.max(first + 1, last), wanted, true);
    for (double value : ticks.values()) {
      if (value > last) {
        break; // a single epoch
      }
      canvas.line(Palette.FRAME, 1, toX(value), bottom(), toX(value), bottom() + 4);
      canvas.text(Text.TICK, ticks.format(value), toX(value), bottom() + 18, Canvas.Align.CENTRE);
    }
    canvas.text(Text.LABEL, title, left + width / 2, bottom() + 38, Canvas.Align.CENTRE);
  }
}
