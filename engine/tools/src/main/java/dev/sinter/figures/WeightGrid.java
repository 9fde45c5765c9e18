package dev.sinter.figures;

import dev.sinter.data.ImageLayout;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import java.awt.image.BufferedImage;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * The weights of the neurons of a dense layer: blue below 0, white at 0, orange above.
 *
 * <p>All neurons share one scale, symmetric around 0, so that they can be compared. The scale
 * leaves out 0.1 % of the weights, which get the colour of the nearer end.
 */
public final class WeightGrid {
  private static final int MAX_SIDE = 4000; // physical pixels of the grid
  private static final double WANTED_SIDE = 820; // logical pixels of the grid
  private static final int MAX_PIXEL = 16; // physical pixels per weight
  private static final int MAX_STRIP = MAX_SIDE; // weights of a neuron drawn as a strip
  private static final int BETWEEN = 8; // physical pixels between two neurons
  private static final double NUMBERS = 44;
  private static final double BAR_WIDTH = 220;
  private static final double BAR = 64; // height of the colour bar with its numbers
  private static final double WITHIN = 0.999;

  private WeightGrid() {}

  /**
   * Draws the weights of each neuron in the layout of its input image: 100 neurons form a 10 x 10
   * grid, in row order.
   *
   * @param run its name, for the title
   * @param layer its name, for the title
   * @param kernel [I, U]; if the units do not fit 4000 x 4000 pixels, only the first ones are drawn
   * @param layout of the I inputs
   * @throws InputException if the inputs do not have this layout, or the image is too large
   */
  public static BufferedImage pictures(
      String run, String layer, Tensor kernel, ImageLayout layout) {
    requireKernel(layer, kernel);
    layout.require("weights of " + layer, kernel.dimension(0));
    int side = Math.max(layout.rows(), layout.columns());
    int most = MAX_SIDE / (side + BETWEEN);
    if (most < 1) {
      throw InputException.of(
          "weights of " + layer, "an image of at most " + MAX_SIDE + " pixels", side, "Shrink it");
    }
    int units = kernel.dimension(1);
    int shown = (int) Math.min(units, (long) most * most);
    int columns = (int) Math.ceil(Math.sqrt(shown));
    int rows = (shown + columns - 1) / columns;
    int fitting = (int) (WANTED_SIDE * Canvas.SCALE / columns - BETWEEN) / side;
    int pixel = Math.max(1, Math.min(MAX_PIXEL, fitting));
    double tileWidth = (layout.columns() * pixel + BETWEEN) / (double) Canvas.SCALE;
    double tileHeight = (layout.rows() * pixel + BETWEEN) / (double) Canvas.SCALE;

    double scale = scale(kernel);
    String detail =
        "each an image of its %,d weights; the numbers name the first neuron of each line";
    Canvas canvas =
        page(
            title(run, units, layer),
            first(shown, units) + String.format(Locale.ROOT, detail, kernel.dimension(0)),
            columns * tileWidth,
            rows * tileHeight);
    double left = Canvas.LEFT + NUMBERS;
    for (int unit = 0; unit < shown; unit++) {
      double x = left + unit % columns * tileWidth;
      double y = Canvas.TOP + unit / columns * tileHeight;
      int column = unit;
      canvas.frame(
          Palette.FRAME,
          0.5,
          x,
          y,
          tileWidth - BETWEEN / (double) Canvas.SCALE,
          tileHeight - BETWEEN / (double) Canvas.SCALE);
      canvas.picture(
          x,
          y,
          pixel,
          layout,
          (i, j) -> Palette.diverging(kernel.get(layout.index(i, j) * units + column) / scale));
    }
    drawNumbers(canvas, rows, columns, tileHeight);
    drawBar(canvas, scale, left, Canvas.TOP + rows * tileHeight + 20);
    return canvas.done();
  }

  /**
   * Draws the weights of each neuron as a strip, one below the other; for inputs that are not an
   * image, such as the outputs of another layer.
   *
   * @param run its name, for the title
   * @param layer its name, for the title
   * @param kernel [I, U]; only the first 4000 inputs and units are drawn
   */
  public static BufferedImage strips(String run, String layer, Tensor kernel) {
    requireKernel(layer, kernel);
    int inputs = Math.min(kernel.dimension(0), MAX_STRIP);
    int units = kernel.dimension(1);
    int shown = Math.min(units, MAX_STRIP);
    int wanted = (int) (WANTED_SIDE * Canvas.SCALE);
    int pixel = Math.max(1, Math.min(2 * MAX_PIXEL, wanted / Math.max(inputs, shown)));
    // Few long strips are drawn taller than the width of a weight.
    int height = Math.max(pixel, Math.min(2 * MAX_PIXEL, wanted / 2 / shown));
    double width = inputs * pixel / (double) Canvas.SCALE;
    double stripHeight = height / (double) Canvas.SCALE;

    double scale = scale(kernel);
    String detail = "each a line of its %,d weights; the numbers are the neurons";
    Canvas canvas =
        page(
            title(run, units, layer),
            first(shown, units) + String.format(Locale.ROOT, detail, inputs),
            width,
            shown * stripHeight);
    double left = Canvas.LEFT + NUMBERS;
    canvas.frame(Palette.FRAME, 1, left, Canvas.TOP, width, shown * stripHeight);
    for (int unit = 0; unit < shown; unit++) {
      int column = unit;
      for (int repeated = 0; repeated < height; repeated += pixel) {
        canvas.picture(
            left,
            Canvas.TOP + unit * stripHeight + repeated / (double) Canvas.SCALE,
            pixel,
            ImageLayout.byRows(1, inputs),
            (i, j) -> Palette.diverging(kernel.get(j * units + column) / scale));
      }
    }
    drawNumbers(canvas, shown, 1, stripHeight);
    drawBar(canvas, scale, left, Canvas.TOP + shown * stripHeight + 20);
    return canvas.done();
  }

  /** Returns the number with the darkest colour: above 0, and finite. */
  static double scale(Tensor kernel) {
    IntStream elements = IntStream.range(0, kernel.size());
    double[] sizes = elements.mapToDouble(i -> Math.abs(kernel.get(i))).sorted().toArray();
    double within = sizes[(int) Math.ceil((sizes.length - 1) * WITHIN)];
    double scale = within > 0 ? within : sizes[sizes.length - 1];
    return scale > 0 ? scale : 1;
  }

  private static void requireKernel(String layer, Tensor kernel) {
    if (kernel.rank() != 2 || kernel.size() == 0) {
      throw InputException.of(
          "weights of " + layer,
          "a kernel [inputs, units]",
          kernel,
          "Pass the kernel of a dense layer");
    }
    for (int i = 0; i < kernel.size(); i++) {
      if (!Float.isFinite(kernel.get(i))) {
        throw InputException.of(
            "weights of " + layer + ", element " + i,
            "a finite number",
            kernel.get(i),
            "Use weights of a training that did not diverge");
      }
    }
  }

  private static String title(String run, int units, String layer) {
    return Captions.title(run, "weights of " + Captions.count(units, "neuron") + " of " + layer);
  }

  private static String first(int shown, int units) {
    return shown < units ? "the first " + shown + "; " : "";
  }

  /** Returns a page with room for a grid, its numbers and the colour bar. */
  private static Canvas page(String title, String detail, double width, double height) {
    return Canvas.page(title, detail, NUMBERS + Math.max(width, BAR_WIDTH), height + BAR);
  }

  /** Writes the index of the first neuron of each line, as often as there is room. */
  private static void drawNumbers(Canvas canvas, int rows, int columns, double height) {
    int every = Ticks.every(14 / height);
    double end = Canvas.LEFT + NUMBERS - 8;
    for (int row = 0; row < rows; row += every) {
      canvas.text(
          Text.TICK,
          Integer.toString(row * columns),
          end,
          Canvas.TOP + (row + 0.5) * height + 4,
          Canvas.Align.RIGHT);
    }
  }

  private static void drawBar(Canvas canvas, double scale, double left, double top) {
    int steps = (int) BAR_WIDTH * Canvas.SCALE;
    canvas.picture(
        left,
        top,
        1,
        ImageLayout.byRows(12 * Canvas.SCALE, steps),
        (row, column) -> Palette.diverging(2.0 * column / (steps - 1) - 1));
    canvas.frame(Palette.FRAME, 0.5, left, top, BAR_WIDTH, 12);
    String end = String.format(Locale.ROOT, "%.3g", scale);
    canvas.text(Text.TICK, "-" + end, left, top + 28, Canvas.Align.LEFT);
    canvas.text(Text.TICK, "0", left + BAR_WIDTH / 2, top + 28, Canvas.Align.CENTRE);
    canvas.text(Text.TICK, end, left + BAR_WIDTH, top + 28, Canvas.Align.RIGHT);
    canvas.text(Text.LABEL, "weight", left + BAR_WIDTH + 14, top + 10, Canvas.Align.LEFT);
  }
}
