package dev.sinter.figures;

import dev.sinter.errors.InputException;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.stream.IntStream;

/**
 * Counts of each prediction for each label: one row per label, one column per prediction.
 *
 * <p>Correct predictions are blue, darker for a larger share of the row; wrong ones are orange,
 * darker for a larger count.
 */
public final class ConfusionMatrix {
  static final int MAX_CLASSES = 1000;
  private static final double SIDE = 560;
  private static final double MAX_CELL = 96;
  private static final double MIN_NUMBERED = 30; // side of a cell that holds a number
  private static final double LABELS = 64;
  private static final double ABOVE = 46;
  private static final double ROOM = 28; // for a name, within LABELS
  private static final double MAX_NAME = 140;
  private static final double LEGEND = 40;

  private ConfusionMatrix() {}

  /**
   * Counts the predictions.
   *
   * @return [label][prediction]
   */
  public static int[][] counts(Predictions predictions) {
    int[][] counts = new int[predictions.classes()][predictions.classes()];
    for (int i = 0; i < predictions.size(); i++) {
      counts[predictions.label(i)][predictions.predicted(i)]++;
    }
    return counts;
  }

  /**
   * Draws the matrix.
   *
   * @param run its name, for the title
   * @throws InputException for more than 1000 classes
   */
  public static BufferedImage of(String run, Predictions predictions) {
    int classes = predictions.classes();
    if (classes > MAX_CLASSES) {
      throw InputException.of(
          "confusion matrix", "at most " + MAX_CLASSES + " classes", classes, "Leave it out");
    }
    double cell = Math.max(1, Math.floor(Math.min(MAX_CELL, SIDE / classes)));
    double side = classes * cell;
    int every = Ticks.every(18 / cell);
    double widest = widest(predictions, every);
    boolean turned =
        widest > ROOM && widest > every * cell - 6; // names above the columns would touch
    double labels = LABELS + (widest > ROOM ? widest - ROOM + 8 : 0);
    double above = ABOVE + (turned ? widest - ROOM / 2 : 0);
    Canvas canvas =
        Canvas.page(
            Captions.title(run, "confusion matrix"),
            Captions.accuracy(predictions),
            labels + side,
            above + side + LEGEND);
    double left = Canvas.LEFT + labels;
    double top = Canvas.TOP + above;
    drawCells(canvas, counts(predictions), cell, left, top);
    canvas.frame(Palette.FRAME, 1, left, top, side, side);
    for (int label = 0; label < classes; label += every) {
      double middle = (label + 0.5) * cell;
      String name = Text.LABEL.fit(predictions.name(label), MAX_NAME);
      if (turned) {
        double width = Text.LABEL.width(name);
        canvas.upwards(Text.LABEL, name, left + middle + 4.5, top - 8 - width / 2);
      } else {
        canvas.text(Text.LABEL, name, left + middle, top - 8, Canvas.Align.CENTRE);
      }
      canvas.text(Text.LABEL, name, left - 10, top + middle + 4.5, Canvas.Align.RIGHT);
    }
    canvas.text(Text.LABEL, "predicted", left + side / 2, top - above + 16, Canvas.Align.CENTRE);
    canvas.upwards(Text.LABEL, "label", Canvas.LEFT + 20, top + side / 2);
    drawLegend(canvas, left, top + side + 20);
    return canvas.done();
  }

  /** Returns the width of the widest name that is drawn. */
  private static double widest(Predictions predictions, int every) {
    return IntStream.iterate(0, label -> label < predictions.classes(), label -> label + every)
        .mapToDouble(label -> Text.LABEL.width(Text.LABEL.fit(predictions.name(label), MAX_NAME)))
        .max()
        .orElse(0);
  }

  private static void drawCells(
      Canvas canvas, int[][] counts, double cell, double left, double top) {
    int classes = counts.length;
    int mostWrong =
        IntStream.range(0, classes * classes)
            .filter(i -> i / classes != i % classes)
            .map(i -> counts[i / classes][i % classes])
            .reduce(1, Math::max);
    for (int label = 0; label < counts.length; label++) {
      int total = IntStream.of(counts[label]).sum();
      for (int predicted = 0; predicted < counts.length; predicted++) {
        int count = counts[label][predicted];
        boolean right = label == predicted;
        double share = right ? count / (double) Math.max(1, total) : count / (double) mostWrong;
        double x = left + predicted * cell;
        double y = top + label * cell;
        // Never quite white if the count is above 0, never too dark for black text.
        double strength = count == 0 ? 0 : right ? 0.15 + 0.85 * share : 0.08 + 0.52 * share;
        Color colour = right ? Palette.BLUE : Palette.ORANGE;
        canvas.fill(Palette.tint(colour, strength), x, y, cell, cell);
        if (cell >= MIN_NUMBERED) {
          Color ink = count == 0 ? Palette.FRAME : strength > 0.65 ? Color.WHITE : Palette.TEXT;
          canvas.text(
              fitting(count, cell).in(ink),
              Integer.toString(count),
              x + cell / 2,
              y + cell / 2 + 4.5,
              Canvas.Align.CENTRE);
          canvas.frame(Color.WHITE, 0.5, x, y, cell, cell);
        }
      }
    }
  }

  /** Returns a text size in which a count fits its cell. */
  private static Text fitting(int count, double cell) {
    double width = Text.LABEL.width(Integer.toString(count));
    double points = Text.LABEL.points() * Math.min(1, (cell - 4) / width);
    return new Text((float) points, false, Palette.TEXT);
  }

  private static void drawLegend(Canvas canvas, double left, double top) {
    canvas.fill(Palette.BLUE, left, top, 13, 13);
    canvas.text(Text.LABEL, "right", left + 20, top + 11, Canvas.Align.LEFT);
    canvas.fill(Palette.tint(Palette.ORANGE, 0.6), left + 76, top, 13, 13);
    canvas.text(Text.LABEL, "wrong", left + 96, top + 11, Canvas.Align.LEFT);
    canvas.text(Text.DETAIL, "darker: more", left + 160, top + 11, Canvas.Align.LEFT);
  }
}
