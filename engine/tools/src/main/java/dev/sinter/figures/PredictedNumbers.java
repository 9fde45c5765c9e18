package dev.sinter.figures;

import dev.sinter.data.Tensor;
import dev.sinter.figures.Axes.Range;
import java.awt.geom.Line2D;
import java.awt.image.BufferedImage;
import java.util.DoubleSummaryStatistics;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Predicted numbers over the labels: one dot per sample, on the diagonal where the prediction is
 * right.
 */
public final class PredictedNumbers {
  private static final double SIDE = 420;
  private static final double NUMBERS = 64;
  private static final double BELOW = 46;
  private static final int TICKS = 7;
  private static final int MOST_SOLID = 500; // dots; more are pale, so that crowds are darker

  private PredictedNumbers() {}

  /**
   * Draws the dots.
   *
   * @param run its name, for the title
   * @param outputs [N, 1]
   * @param labels [N] or [N, 1]
   */
  public static BufferedImage of(String run, Tensor outputs, Tensor labels) {
    Canvas canvas =
        Canvas.page(
            Captions.title(run, "predicted over actual numbers"),
            detail(outputs, labels),
            NUMBERS + SIDE,
            SIDE + BELOW);
    DoubleSummaryStatistics all =
        DoubleStream.concat(values(outputs), values(labels)).summaryStatistics();
    Range range = Range.around(all.getMin(), all.getMax()).padded(0.04);
    Axes axes = new Axes(Canvas.LEFT + NUMBERS, Canvas.TOP, SIDE, SIDE, range, range);
    axes.drawVertical(canvas);
    Ticks ticks = Ticks.within(range.low(), range.high(), TICKS, false);
    for (double value : ticks.values()) {
      double x = axes.toX(value);
      canvas.line(Palette.GRID, 1, x, axes.top(), x, axes.bottom());
      canvas.text(Text.TICK, ticks.format(value), x, axes.bottom() + 18, Canvas.Align.CENTRE);
    }
    canvas.line(Palette.FRAME, 1, axes.left(), axes.bottom(), axes.right(), axes.bottom());
    canvas.path(
        Palette.MUTED,
        1.2,
        4,
        new Line2D.Double(axes.left(), axes.bottom(), axes.right(), axes.top()));
    boolean solid = outputs.size() <= MOST_SOLID;
    for (int i = 0; i < outputs.size(); i++) {
      canvas.dot(
          solid ? Palette.BLUE : Palette.PALE_BLUE,
          axes.toX(labels.get(i)),
          axes.toY(outputs.get(i)),
          solid ? 3 : 2.5);
    }
    canvas.text(
        Text.LABEL, "actual", axes.left() + SIDE / 2, axes.bottom() + 38, Canvas.Align.CENTRE);
    canvas.upwards(Text.LABEL, "predicted", Canvas.LEFT + 10, axes.top() + SIDE / 2);
    return canvas.done();
  }

  private static DoubleStream values(Tensor tensor) {
    return IntStream.range(0, tensor.size()).mapToDouble(tensor::get);
  }

  /** Returns the number of samples, the mean absolute error, and R2. */
  private static String detail(Tensor outputs, Tensor labels) {
    double mean = values(labels).average().orElse(0);
    double absolute = 0;
    double squares = 0;
    double spread = 0;
    for (int i = 0; i < outputs.size(); i++) {
      double error = outputs.get(i) - labels.get(i);
      absolute += Math.abs(error);
      squares += error * error;
      spread += (labels.get(i) - mean) * (labels.get(i) - mean);
    }
    String text =
        Captions.count(outputs.size(), "sample")
            + String.format(Locale.ROOT, ", mean absolute error %.4g", absolute / outputs.size());
    return spread == 0
        ? text
        : text + String.format(Locale.ROOT, ", R\u00b2 %.3f", 1 - squares / spread);
  }
}
