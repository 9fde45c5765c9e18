package dev.sinter.figures;

import dev.sinter.History;
import dev.sinter.errors.InputException;
import dev.sinter.figures.Axes.Range;
import java.awt.Color;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Loss and accuracy, or an error in its place, by epoch, for training and validation, with the gap
 * between them shaded where validation is worse.
 *
 * <p>Epochs are counted from 1, as in the progress line. Values that are not finite leave a gap in
 * their curve.
 */
public final class TrainingCurves {
  private static final double PANEL_WIDTH = 400;
  private static final double PANEL_HEIGHT = 270;
  private static final double NUMBERS = 52; // room for the numbers of the vertical axis
  private static final double BETWEEN = 36;
  private static final double LEGEND = 26;
  private static final double HEADING = 48; // name of the panel, and its last values
  private static final double BELOW = 44; // numbers and title of the horizontal axis
  private static final int MAX_DOTTED = 20; // epochs: more dots would hide the curve
  private static final double DASH = 6;

  private static final List<String> USUAL = List.of("loss", "accuracy");

  /** What has a panel, if there are numbers: beside the loss, the accuracy or an error. */
  static final List<String> DRAWN =
      List.of("loss", "accuracy", "mean_absolute_error", "mean_squared_error");

  private TrainingCurves() {}

  /** Draws the curves of a training; {@code run} is its name in the title. */
  public static BufferedImage of(String run, History history) {
    return of(run, EpochSeries.of(history));
  }

  /**
   * Draws curves.
   *
   * @throws InputException if there is no epoch, or neither loss nor accuracy
   */
  public static BufferedImage of(String run, EpochSeries series) {
    List<Panel> panels = panels(series);
    boolean validated = panels.stream().anyMatch(Panel::validated);
    int epochs = series.epochs().size();
    boolean shaded = epochs > 1 && panels.stream().anyMatch(Panel::overfits);
    Canvas canvas =
        Canvas.page(
            Captions.title(run, title(panels)),
            detail(epochs, validated, shaded),
            panels.size() * (NUMBERS + PANEL_WIDTH) + (panels.size() - 1) * BETWEEN,
            LEGEND + HEADING + PANEL_HEIGHT + BELOW);
    drawLegend(canvas, validated, shaded);
    panels.forEach(panel -> panel.draw(canvas));
    return canvas.done();
  }

  private static String title(List<Panel> panels) {
    boolean usual = panels.stream().allMatch(panel -> USUAL.contains(panel.name()));
    String names = String.join(" and ", panels.stream().map(Panel::name).toList());
    return (usual ? String.join(" and ", USUAL) : names).replace('_', ' ') + " by epoch";
  }

  private static String detail(int epochs, boolean validated, boolean shaded) {
    String shading =
        shaded
            ? "; shaded where validation is worse than training: overfitting"
            : epochs == 1 ? "" : "; validation is nowhere worse than training";
    return Captions.count(epochs, "epoch") + (validated ? shading : "; no validation data");
  }

  /** Returns the panels from left to right: loss, accuracy or an error, or one of them. */
  static List<Panel> panels(EpochSeries series) {
    List<Panel> panels = new ArrayList<>();
    for (String name : DRAWN) {
      if (series.has(name) || series.has("val_" + name)) {
        panels.add(Panel.of(name, series, panels.size()));
      }
    }
    if (panels.isEmpty()) {
      throw InputException.of(
          "curves",
          "at least one epoch with a finite loss or accuracy",
          series.epochs().size() + " epochs, values called " + series.values().keySet(),
          "Train at least one epoch");
    }
    return panels;
  }

  private static void drawLegend(Canvas canvas, boolean validated, boolean shaded) {
    double y = Canvas.TOP + 8;
    double x = Canvas.LEFT + NUMBERS;
    x = legendEntry(canvas, x, y, Palette.BLUE, 0, "training");
    if (validated) {
      x = legendEntry(canvas, x, y, Palette.ORANGE, DASH, "validation");
    }
    if (shaded) {
      canvas.fill(Palette.GAP, x, y - 7, 28, 13);
      canvas.text(Text.LABEL, "gap", x + 36, y + 4, Canvas.Align.LEFT);
    }
  }

  private static double legendEntry(
      Canvas canvas, double x, double y, Color colour, double dash, String name) {
    canvas.path(colour, 2.5, dash, new Line2D.Double(x, y, x + 28, y));
    canvas.text(Text.LABEL, name, x + 36, y + 4, Canvas.Align.LEFT);
    return x + 36 + Text.LABEL.width(name) + 24;
  }

  /** One pair of curves on its axes. */
  record Panel(String name, EpochSeries series, Axes axes) {
    static Panel of(String name, EpochSeries series, int place) {
      DoubleSummaryStatistics shown =
          Stream.of(name, "val_" + name)
              .flatMap(each -> series.values().getOrDefault(each, List.of()).stream())
              .mapToDouble(Double::doubleValue)
              .filter(Double::isFinite)
              .summaryStatistics();
      double low = shown.getMin();
      double high = shown.getMax();
      boolean loss = isBetterLow(name);
      Range y = Range.around(loss ? Math.min(0, low) : low, high).padded(0.05);
      if (loss && low >= 0) {
        y = new Range(0, y.high()); // the axis of a loss starts at 0
      } else if (!loss && high <= 1) {
        y = new Range(y.low(), Math.min(1, y.high()));
      }
      List<Integer> epochs = series.epochs();
      Range x = Range.around(epochs.get(0) + 1, epochs.get(epochs.size() - 1) + 1).padded(0.03);
      double left = Canvas.LEFT + NUMBERS + place * (NUMBERS + PANEL_WIDTH + BETWEEN);
      double top = Canvas.TOP + LEGEND + HEADING;
      return new Panel(name, series, new Axes(left, top, PANEL_WIDTH, PANEL_HEIGHT, x, y));
    }

    private static boolean isBetterLow(String name) {
      return !name.equals("accuracy");
    }

    boolean validated() {
      return series.has("val_" + name);
    }

    /** Returns whether validation is worse than training in some epoch. */
    boolean overfits() {
      return IntStream.range(0, series.epochs().size()).anyMatch(row -> gap(row) > 0);
    }

    void draw(Canvas canvas) {
      canvas.text(
          Text.HEADING, name.replace('_', ' '), axes.left(), axes.top() - 30, Canvas.Align.LEFT);
      canvas.text(Text.DETAIL, lastValues(), axes.left(), axes.top() - 12, Canvas.Align.LEFT);
      axes.drawVertical(canvas);
      List<Integer> epochs = series.epochs();
      axes.drawHorizontal(canvas, "epoch", epochs.get(0) + 1, epochs.get(epochs.size() - 1) + 1);
      drawGap(canvas);
      drawCurve(canvas, "val_" + name, Palette.ORANGE, DASH);
      drawCurve(canvas, name, Palette.BLUE, 0);
    }

    private String lastValues() {
      int last = series.epochs().size() - 1;
      double training = series.get(name, last);
      double validation = series.get("val_" + name, last);
      StringBuilder text = new StringBuilder("last epoch: ");
      text.append(Double.isFinite(training) ? number("training %.4f", training) : "no value");
      if (Double.isFinite(validation)) {
        text.append(number(", validation %.4f", validation));
        if (Double.isFinite(training)) {
          text.append(number(", gap %+.4f", gap(last)));
        }
      }
      return text.toString();
    }

    /** Formats four digits, or scientific notation for very small or very large numbers. */
    private static String number(String format, double value) {
      double size = Math.abs(value);
      boolean plain = size == 0 || size >= 1e-4 && size < 1e5;
      return String.format(Locale.ROOT, plain ? format : format.replace(".4f", ".2e"), value);
    }

    /**
     * Returns the amount by which validation is worse than training; NaN if one of them is missing.
     */
    private double gap(int row) {
      double gap = series.get("val_" + name, row) - series.get(name, row);
      return isBetterLow(name) ? gap : -gap;
    }

    /** Shades the gap between neighbouring epochs, up to the point where the curves cross. */
    private void drawGap(Canvas canvas) {
      for (int row = 1; row < series.epochs().size(); row++) {
        double before = gap(row - 1);
        double after = gap(row);
        if (!Double.isFinite(before + after) || before <= 0 && after <= 0) {
          continue;
        }
        double crossing = before / (before - after); // fraction of the distance to the next epoch
        double from = before < 0 ? crossing : 0;
        double to = after < 0 ? crossing : 1;
        Path2D area = new Path2D.Double();
        area.moveTo(between(row, from), height(name, row, from));
        area.lineTo(between(row, to), height(name, row, to));
        area.lineTo(between(row, to), height("val_" + name, row, to));
        area.lineTo(between(row, from), height("val_" + name, row, from));
        area.closePath();
        canvas.area(Palette.GAP, area);
      }
    }

    private double between(int row, double share) {
      return x(row - 1) + (x(row) - x(row - 1)) * share;
    }

    private double height(String curve, int row, double share) {
      double before = series.get(curve, row - 1);
      return axes.toY(before + (series.get(curve, row) - before) * share);
    }

    private void drawCurve(Canvas canvas, String curve, Color colour, double dash) {
      int epochs = series.epochs().size();
      Path2D path = new Path2D.Double();
      boolean connected = false;
      for (int row = 0; row < epochs; row++) {
        double value = series.get(curve, row);
        boolean finite = Double.isFinite(value);
        if (finite && connected) {
          path.lineTo(x(row), axes.toY(value));
        } else if (finite) {
          path.moveTo(x(row), axes.toY(value));
        }
        boolean alone = finite && !connected && !Double.isFinite(next(curve, row));
        if (finite && epochs <= MAX_DOTTED || alone) {
          canvas.dot(colour, x(row), axes.toY(value), 3.5);
        }
        connected = finite;
      }
      canvas.path(colour, 2.2, dash, path);
    }

    private double next(String curve, int row) {
      return row + 1 < series.epochs().size() ? series.get(curve, row + 1) : Double.NaN;
    }

    private double x(int row) {
      return axes.toX(series.epochs().get(row) + 1);
    }
  }
}
