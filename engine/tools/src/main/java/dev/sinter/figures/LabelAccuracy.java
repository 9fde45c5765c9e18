package dev.sinter.figures;

import dev.sinter.figures.Axes.Range;
import java.awt.geom.Line2D;
import java.awt.image.BufferedImage;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * The accuracy for each label: one dot per label, connected to the overall accuracy, on an axis
 * that starts near the worst label.
 */
public final class LabelAccuracy {
  private static final double HEIGHT = 280;
  private static final double NUMBERS = 52;
  private static final double COLUMN = 64;
  private static final double MAX_COLUMN = 130;
  private static final double MIN_WIDTH = 420;
  private static final double MAX_WIDTH = 1600;
  private static final double MIN_NUMBERED = 50; // width of a column that holds an accuracy
  private static final double LEGEND = 56;
  private static final double BELOW = 62;

  private LabelAccuracy() {}

  /**
   * Draws the dots.
   *
   * @param run its name, for the title
   */
  public static BufferedImage of(String run, Predictions predictions) {
    int classes = predictions.classes();
    int[][] counts = ConfusionMatrix.counts(predictions);
    double overall = predictions.rightCount() / (double) predictions.size();
    double widest =
        IntStream.range(0, classes)
            .mapToDouble(label -> Text.LABEL.width(predictions.name(label)))
            .max()
            .orElse(0);
    double column = Math.max(COLUMN, Math.min(MAX_COLUMN, widest + 10));
    double width = Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, classes * column));
    Canvas canvas =
        Canvas.page(
            Captions.title(run, "accuracy by label"),
            Captions.accuracy(predictions),
            NUMBERS + width,
            LEGEND + HEIGHT + BELOW);
    Axes axes =
        new Axes(
            Canvas.LEFT + NUMBERS,
            Canvas.TOP + LEGEND,
            width,
            HEIGHT,
            new Range(-0.5, classes - 0.5),
            new Range(lowest(counts, overall), 1));
    axes.drawVertical(canvas);
    canvas.line(Palette.FRAME, 1, axes.left(), axes.bottom(), axes.right(), axes.bottom());
    drawOverall(canvas, axes, overall);
    drawDots(canvas, axes, predictions, overall);
    canvas.text(Text.TICK, "accuracy", axes.left(), axes.top() - 32, Canvas.Align.CENTRE);
    canvas.text(
        Text.LABEL, "label", axes.left() + width / 2, axes.bottom() + 56, Canvas.Align.CENTRE);
    return canvas.done();
  }

  /** Returns the start of the axis: slightly below the worst label. */
  static double lowest(int[][] counts, double overall) {
    double lowest = overall;
    for (int label = 0; label < counts.length; label++) {
      int total = IntStream.of(counts[label]).sum();
      if (total > 0) {
        lowest = Math.min(lowest, counts[label][label] / (double) total);
      }
    }
    double room = Math.max(0.002, (1 - lowest) * 0.25);
    return Math.max(0, lowest - room);
  }

  private static void drawOverall(Canvas canvas, Axes axes, double overall) {
    double level = axes.toY(overall);
    canvas.path(Palette.MUTED, 1.2, 4, new Line2D.Double(axes.left(), level, axes.right(), level));
    double x = axes.right() - 200;
    double y = axes.top() - 36;
    canvas.path(Palette.MUTED, 1.2, 4, new Line2D.Double(x, y, x + 24, y));
    canvas.text(Text.TICK, "all labels", x + 30, y + 4, Canvas.Align.LEFT);
    canvas.dot(Palette.BLUE, x + 116, y, 5);
    canvas.text(Text.TICK, "one label", x + 128, y + 4, Canvas.Align.LEFT);
  }

  private static void drawDots(Canvas canvas, Axes axes, Predictions predictions, double overall) {
    int[][] counts = ConfusionMatrix.counts(predictions);
    double column = axes.width() / counts.length;
    int every = Ticks.every(24 / column);
    for (int label = 0; label < counts.length; label++) {
      int total = IntStream.of(counts[label]).sum();
      double x = axes.toX(label);
      if (total > 0) {
        double accuracy = counts[label][label] / (double) total;
        double y = axes.toY(accuracy);
        canvas.line(Palette.tint(Palette.BLUE, 0.35), 2, x, y, x, axes.toY(overall));
        canvas.dot(Palette.BLUE, x, y, 5);
        if (column >= MIN_NUMBERED) {
          // Away from the line of the overall accuracy, which would cross it.
          String text = String.format(Locale.ROOT, "%.4f", accuracy);
          double baseline = accuracy < overall ? y + 18 : y - 10;
          canvas.text(Text.TICK.in(Palette.TEXT), text, x, baseline, Canvas.Align.CENTRE);
        }
      }
      if (label % every == 0) {
        String name = Text.LABEL.fit(predictions.name(label), every * column - 4);
        canvas.text(Text.LABEL, name, x, axes.bottom() + 18, Canvas.Align.CENTRE);
      }
      if (column >= MIN_NUMBERED) {
        String size = total == 0 ? "none" : String.format(Locale.ROOT, "of %,d", total);
        canvas.text(Text.TICK, size, x, axes.bottom() + 34, Canvas.Align.CENTRE);
      }
    }
  }
}
