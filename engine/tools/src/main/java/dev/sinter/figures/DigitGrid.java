package dev.sinter.figures;

import dev.sinter.data.ImageLayout;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Images of samples, eight per row, each with a short caption.
 *
 * <p>Samples are rows [N, features] in any range of numbers: the smallest number shown is white,
 * the largest black.
 */
public final class DigitGrid {
  private static final int IN_A_ROW = 8;
  private static final int MISTAKES = 24;
  private static final double SIDE = 60; // of an image, if its pixels allow it
  private static final int MAX_SIDE = 512; // pixels of the image of a sample
  private static final double CAPTION = 20;
  private static final double BETWEEN = 14;
  private static final double FRAME = 1;
  private static final double WRONG_FRAME = 2.5;

  private final Tensor x;
  private final ImageLayout layout;
  private final int pixel; // physical pixels per pixel of a sample
  private final Ink ink;

  private DigitGrid(Tensor x, ImageLayout layout) {
    layout.require("samples", x.rowSize());
    int side = Math.max(layout.rows(), layout.columns());
    if (side > MAX_SIDE) {
      throw InputException.of(
          "samples", "images of at most " + MAX_SIDE + " pixels per side", side, "Shrink them");
    }
    if (x.dimension(0) == 0) {
      throw InputException.of("samples", "at least one", 0, "Choose some");
    }
    this.x = x;
    this.layout = layout;
    this.pixel = Math.max(1, (int) (SIDE * Canvas.SCALE / side));
    this.ink = Ink.of(x);
  }

  /**
   * Draws samples with their labels.
   *
   * @param run its name, for the title
   * @param x [N, features], N at least 1; 64 make 8 x 8
   * @param labels [N]
   */
  public static BufferedImage samples(String run, Tensor x, ImageLayout layout, int[] labels) {
    return samples(run, x, layout, Arrays.stream(labels).mapToObj(Integer::toString).toList());
  }

  /**
   * Draws samples with the names of their labels.
   *
   * @param run its name, for the title
   * @param x [N, features], N at least 1
   * @param names [N]
   */
  public static BufferedImage samples(
      String run, Tensor x, ImageLayout layout, List<String> names) {
    requireLabels(x, names.size());
    return new DigitGrid(x, layout)
        .draw(
            Captions.title(run, Captions.count(names.size(), "sample")),
            "above each: its label",
            i -> new Caption(names.get(i), Palette.TEXT, false));
  }

  /**
   * Draws samples with the caption "label,yhat"; wrong predictions have another colour and a frame.
   *
   * @param run its name, for the title
   * @param x [N, features], N at least 1
   * @param predictions of these samples
   */
  public static BufferedImage predictions(
      String run, Tensor x, ImageLayout layout, Predictions predictions) {
    requireLabels(x, predictions.size());
    int wrong = predictions.size() - predictions.rightCount();
    return new DigitGrid(x, layout)
        .draw(
            Captions.title(run, "predictions for " + Captions.count(predictions.size(), "sample")),
            "above each: label,yhat; "
                + (wrong == 0 ? "none is wrong" : wrong + " wrong, framed in orange"),
            i ->
                new Caption(
                    caption(predictions, i),
                    predictions.right(i) ? Palette.TEXT : Palette.ORANGE,
                    !predictions.right(i)));
  }

  /**
   * Draws the most confident mistakes, at most 24, the worst first. If there are none, the figure
   * says so.
   *
   * @param run its name, for the title
   * @param x [N, features]: all predicted samples
   * @param predictions of these samples
   */
  public static BufferedImage mistakes(
      String run, Tensor x, ImageLayout layout, Predictions predictions) {
    requireLabels(x, predictions.size());
    int[] wrong = predictions.mistakes().stream().mapToInt(Integer::intValue).toArray();
    String title = Captions.title(run, "the most confident mistakes");
    String of = " in " + Captions.count(predictions.size(), "sample");
    if (wrong.length == 0) {
      Canvas canvas = Canvas.page(title, "no mistake" + of, 560, 120);
      canvas.fill(Palette.tint(Palette.BLUE, 0.08), Canvas.LEFT, Canvas.TOP, 560, 120);
      canvas.text(
          Text.HEADING.in(Palette.BLUE),
          "The model made no mistake.",
          Canvas.LEFT + 280,
          Canvas.TOP + 65,
          Canvas.Align.CENTRE);
      return canvas.done();
    }
    int[] shown = Arrays.copyOf(wrong, Math.min(wrong.length, MISTAKES));
    Predictions chosen = predictions.choose(shown);
    return new DigitGrid(x.rows(shown), layout)
        .draw(
            title,
            (wrong.length > shown.length ? shown.length + " of " : "")
                + Captions.count(wrong.length, "mistake")
                + of
                + "; above each: label,yhat and the probability of yhat",
            i ->
                new Caption(
                    caption(chosen, i) + "   " + Captions.percent(chosen.confidence(i)),
                    Palette.ORANGE,
                    true));
  }

  private static String caption(Predictions predictions, int sample) {
    String label = predictions.name(predictions.label(sample));
    return label + "," + predictions.name(predictions.predicted(sample));
  }

  private record Caption(String text, Color colour, boolean framed) {
    Text style() {
      return framed ? Text.LABEL.in(colour).strong() : Text.LABEL.in(colour);
    }
  }

  private BufferedImage draw(String title, String detail, IntFunction<Caption> captions) {
    int count = x.dimension(0);
    double pictureWidth = layout.columns() * pixel / (double) Canvas.SCALE;
    double pictureHeight = layout.rows() * pixel / (double) Canvas.SCALE;
    double widest =
        IntStream.range(0, count)
            .mapToObj(captions)
            .mapToDouble(caption -> caption.style().width(caption.text()))
            .max()
            .orElse(0);
    int columns = Math.min(IN_A_ROW, count);
    int rows = (count + columns - 1) / columns;
    double cell = Math.ceil(Math.max(pictureWidth + 2 * WRONG_FRAME, widest)) + BETWEEN;
    double height = CAPTION + Math.ceil(pictureHeight) + BETWEEN;
    Canvas canvas = Canvas.page(title, detail, columns * cell - BETWEEN, rows * height - BETWEEN);
    for (int i = 0; i < count; i++) {
      double middle = Canvas.LEFT + i % columns * cell + (cell - BETWEEN) / 2;
      double top = Canvas.TOP + i / columns * height;
      Caption caption = captions.apply(i);
      canvas.text(caption.style(), caption.text(), middle, top + 12, Canvas.Align.CENTRE);
      double left = Math.round((middle - pictureWidth / 2) * Canvas.SCALE) / (double) Canvas.SCALE;
      Color frame = caption.framed() ? caption.colour() : Palette.FRAME;
      double line = caption.framed() ? WRONG_FRAME : FRAME;
      canvas.frame(frame, line, left, top + CAPTION, pictureWidth, pictureHeight);
      ink.draw(canvas, x, i, layout, new Ink.Place(left, top + CAPTION, pixel));
    }
    return canvas.done();
  }

  private static void requireLabels(Tensor x, int labels) {
    if (x.dimension(0) != labels) {
      throw InputException.of(
          "samples", x.dimension(0) + " labels, one per sample", labels, "Use labels that belong");
    }
  }
}
