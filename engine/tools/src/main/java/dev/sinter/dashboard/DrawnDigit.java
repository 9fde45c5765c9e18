package dev.sinter.dashboard;

import java.awt.geom.Line2D;
import java.util.DoubleSummaryStatistics;
import java.util.List;

/**
 * Turns a digit drawn with a pen into a picture as MNIST has it, uint8 [28, 28].
 *
 * <p>As MNIST was made: the ink's box is scaled, keeping its shape, so that its longer side is 20
 * pixels; grey levels come from how much of a pixel is covered; then the picture is moved by whole
 * pixels until its centre of mass is within half a pixel of (14, 14). The pen grows and shrinks
 * with the digit, but stays as thick as MNIST's pens are: a small digit would become a blot.
 * Source: Y. LeCun, C. Cortes, C. Burges, The MNIST database.
 */
final class DrawnDigit {
  static final int SIDE = 28;
  static final int BOX = 20;

  /** Nine of ten of MNIST's ones have a stroke of 1.7 to 3.9 pixels. */
  static final double THINNEST = 1.7;

  static final double THICKEST = 3.9;

  /** Where MNIST has the centre of mass: 14 +- 0.5, pixels counted from 0, in all 60 000 images. */
  static final int CENTRE = 14;

  private static final int PARTS = 16; // a pixel's side is so many samples
  private static final int FINE = BOX * PARTS;
  private static final int WHITE = 255;

  private final boolean[] covered = new boolean[FINE * FINE];
  private double scale; // pixels per unit
  private double left; // of the points, units
  private double top;
  private double radius; // of the pen, pixels

  private DrawnDigit() {}

  /**
   * Draws.
   *
   * @param strokes at least one, each x, y, x, y, ... of at least one point, y downwards; a single
   *     point is a dot
   * @param pen its width, in the same unit, above 0
   */
  static byte[] image(List<double[]> strokes, double pen) {
    DrawnDigit digit = new DrawnDigit();
    digit.fit(strokes, pen);
    for (double[] stroke : strokes) {
      digit.cover(stroke);
    }
    return centred(digit.levels());
  }

  /** Finds the scale at which points and pen together are as large as the box. */
  private void fit(List<double[]> strokes, double pen) {
    DoubleSummaryStatistics x = new DoubleSummaryStatistics();
    DoubleSummaryStatistics y = new DoubleSummaryStatistics();
    for (double[] stroke : strokes) {
      for (int i = 0; i < stroke.length; i += 2) {
        x.accept(stroke[i]);
        y.accept(stroke[i + 1]);
      }
    }
    left = x.getMin();
    top = y.getMin();
    double extent = Math.max(x.getMax() - left, y.getMax() - top);
    double drawn = pen * BOX / (extent + pen);
    double thickness = Math.max(THINNEST, Math.min(THICKEST, drawn));
    radius = thickness / 2;
    scale = extent > 0 ? (BOX - thickness) / extent : 0;
  }

  private void cover(double[] stroke) {
    int last = stroke.length - 2;
    for (int i = 0; i <= last; i += 2) {
      int next = Math.min(i + 2, last); // a dot is a segment of no length
      if (next > i || last == 0) {
        coverSegment(
            (stroke[i] - left) * scale + radius,
            (stroke[i + 1] - top) * scale + radius,
            (stroke[next] - left) * scale + radius,
            (stroke[next + 1] - top) * scale + radius);
      }
    }
  }

  /** Marks the samples within the pen's radius of a segment, in pixels. */
  private void coverSegment(double ax, double ay, double bx, double by) {
    int firstColumn = fine(Math.min(ax, bx) - radius);
    int lastColumn = fine(Math.max(ax, bx) + radius);
    int firstRow = fine(Math.min(ay, by) - radius);
    int lastRow = fine(Math.max(ay, by) + radius);
    for (int row = firstRow; row <= lastRow; row++) {
      double y = (row + 0.5) / PARTS;
      for (int column = firstColumn; column <= lastColumn; column++) {
        double x = (column + 0.5) / PARTS;
        if (Line2D.ptSegDistSq(ax, ay, bx, by, x, y) <= radius * radius) {
          covered[row * FINE + column] = true;
        }
      }
    }
  }

  private static int fine(double pixels) {
    return (int) Math.max(0, Math.min(FINE - 1, Math.floor(pixels * PARTS)));
  }

  /** Returns the grey levels of the box, [20, 20]: the share of samples that is covered. */
  private int[] levels() {
    int[] counts = new int[BOX * BOX];
    for (int i = 0; i < covered.length; i++) {
      if (covered[i]) {
        counts[i / FINE / PARTS * BOX + i % FINE / PARTS]++;
      }
    }
    for (int i = 0; i < counts.length; i++) {
      counts[i] = (int) Math.round((double) WHITE * counts[i] / (PARTS * PARTS));
    }
    return counts;
  }

  private static byte[] centred(int[] box) {
    double mass = 0;
    double massX = 0;
    double massY = 0;
    int lastColumn = 0;
    int lastRow = 0;
    for (int i = 0; i < box.length; i++) {
      int row = i / BOX;
      int column = i % BOX;
      mass += box[i];
      massX += (double) box[i] * column;
      massY += (double) box[i] * row;
      if (box[i] > 0) {
        lastRow = row;
        lastColumn = Math.max(lastColumn, column);
      }
    }
    int right = shift(massX / mass, lastColumn);
    int down = shift(massY / mass, lastRow);
    byte[] image = new byte[SIDE * SIDE];
    for (int row = 0; row <= lastRow; row++) {
      for (int column = 0; column <= lastColumn; column++) {
        image[(row + down) * SIDE + column + right] = (byte) box[row * BOX + column];
      }
    }
    return image;
  }

  /** Moves the centre of mass to the middle, as far as no ink leaves the picture. */
  private static int shift(double centre, int last) {
    return (int) Math.max(0, Math.min(SIDE - 1 - last, Math.round(CENTRE - centre)));
  }
}
