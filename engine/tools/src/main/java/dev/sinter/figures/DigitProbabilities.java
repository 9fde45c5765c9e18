package dev.sinter.figures;

import dev.sinter.data.ImageLayout;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.stream.IntStream;

/** One sample next to its probabilities as bars: blue for the label, orange for a mistake. */
public final class DigitProbabilities {
  static final int MAX_CLASSES = 100;
  private static final double PICTURE = 240;
  private static final double BETWEEN = 40;
  private static final double NAMES = 36;
  private static final double BAR_LENGTH = 300;
  private static final double NUMBERS = 76;
  private static final double MAX_BAR = 40;
  private static final double MIN_BAR = 20;
  private static final double BELOW = 40;

  private DigitProbabilities() {}

  /**
   * Draws a sample.
   *
   * @param run its name, for the title
   * @param name of the sample, such as "test sample 0"
   * @param x [1, features]
   * @param prediction of this one sample
   * @throws InputException for more than 100 classes, or another number of samples
   */
  public static BufferedImage of(
      String run, String name, Tensor x, ImageLayout layout, Predictions prediction) {
    layout.require(name, x.rowSize());
    int classes = prediction.classes();
    if (prediction.size() != 1 || x.dimension(0) != 1 || classes > MAX_CLASSES) {
      throw new InputException(
          "%s: expected one sample of at most %s classes, received %s of %s. Choose one, with choose and rows."
              .formatted(name, MAX_CLASSES, prediction.size(), classes));
    }
    int side = Math.max(layout.rows(), layout.columns());
    int pixel = Math.max(1, (int) (PICTURE * Canvas.SCALE / side));
    double width = layout.columns() * pixel / (double) Canvas.SCALE;
    double height = layout.rows() * pixel / (double) Canvas.SCALE;
    double bar = Math.max(MIN_BAR, Math.min(MAX_BAR, PICTURE / classes));
    double names =
        IntStream.range(0, classes)
            .mapToDouble(each -> Text.LABEL.strong().width(prediction.name(each)) + 16)
            .reduce(NAMES, Math::max);
    Canvas canvas =
        Canvas.page(
            Captions.title(run, name),
            detail(prediction),
            width + BETWEEN + names + BAR_LENGTH + NUMBERS,
            Math.max(height, classes * bar) + BELOW);
    canvas.frame(Palette.FRAME, 1, Canvas.LEFT, Canvas.TOP, width, height);
    Ink.of(x).draw(canvas, x, 0, layout, new Ink.Place(Canvas.LEFT, Canvas.TOP, pixel));
    drawBars(canvas, prediction, Canvas.LEFT + width + BETWEEN + names, bar);
    return canvas.done();
  }

  private static String detail(Predictions prediction) {
    boolean right = prediction.right(0);
    String text = right ? "label %s, predicted %s" : "label %s (blue), predicted %s (orange)";
    return text.formatted(
            prediction.name(prediction.label(0)), prediction.name(prediction.predicted(0)))
        + " with probability "
        + Captions.percent(prediction.confidence(0));
  }

  private static void drawBars(Canvas canvas, Predictions prediction, double left, double bar) {
    int label = prediction.label(0);
    int predicted = prediction.predicted(0);
    double bottom = Canvas.TOP + prediction.classes() * bar;
    for (int share = 0; share <= 4; share++) {
      double x = left + BAR_LENGTH * share / 4;
      canvas.line(Palette.GRID, 1, x, Canvas.TOP, x, bottom);
      canvas.text(Text.TICK, share * 25 + " %", x, bottom + 16, Canvas.Align.CENTRE);
    }
    for (int each = 0; each < prediction.classes(); each++) {
      double y = Canvas.TOP + each * bar;
      double probability = prediction.probability(0, each);
      boolean named = each == label || each == predicted;
      Color colour =
          each == label ? Palette.BLUE : each == predicted ? Palette.ORANGE : Palette.MUTED;
      Text style = named ? Text.LABEL.in(colour).strong() : Text.LABEL;
      canvas.fill(colour, left, y + bar * 0.15, BAR_LENGTH * probability, bar * 0.7);
      canvas.text(style, prediction.name(each), left - 12, y + bar / 2 + 4.5, Canvas.Align.RIGHT);
      canvas.text(
          style,
          Captions.percent(probability),
          left + BAR_LENGTH + NUMBERS,
          y + bar / 2 + 4.5,
          Canvas.Align.RIGHT);
    }
    canvas.line(Palette.FRAME, 1, left, Canvas.TOP, left, bottom);
    canvas.text(Text.LABEL, "probability", left + BAR_LENGTH / 2, bottom + 36, Canvas.Align.CENTRE);
  }
}
