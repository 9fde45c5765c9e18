package dev.sinter.dashboard;

import java.awt.geom.Line2D;
import java.util.DoubleSummaryStatistics;
import java.util.List;

/**
 * Turns a digit drawn with a pen into an image like those of MNIST, uint8 [28, 28].
 *
 * <p>It follows the preparation of MNIST: the bounding box of the ink is scaled, keeping its aspect
 * ratio, so that its longer side is 20 pixels. The grey level of a pixel is the covered share of
 * its area. Then the image is moved by whole pixels until its centre of mass is within half a pixel
 * of (14, 14). The pen is scaled with the digit, but limited to the stroke widths of MNIST;
 * otherwise a small digit would become a blot. Source: Y. LeCun, C. Cortes, C. Burges, The MNIST
 * database.
 *
 * <p>Used by one thread at a time; any number of threads may call its static methods.
 */
public final class DrawnDigit {
  /** The side of the image, in pixels. */
  public static final int SIDE = 28;

  /** The side of the box that the ink fills, in pixels. */
  public static final int BOX = 20;

  /** Nine of ten ones in MNIST have a stroke of 1.7 to 3.9 pixels. */
  static final double THINNEST = 1.7;

  static final double THICKEST = 3.9;

  /** The centre of mass in MNIST: 14 +- 0.5, pixels counted from 0, in all 60 000 images. */
  static final int CENTRE = 14;

  private static final int PARTS = 16; // samples per side of a pixel
  private static final int FINE = BOX * PARTS;
  private static final int WHITE = 255;

  private final boolean[] covered = new boolean[FINE * FINE];
  private double scale; // pixels per unit
  private double left; // of the points, units
  private double top;
  private double radius; // of the pen, pixels

  private DrawnDigit() {}

  /**
   * Draws a digit.
   *
   * @param strokes at least one, each x, y, x, y, ... with at least one point, y downwards; a
   *     single point is a dot
   * @param pen the width of the pen, in the same unit, above 0
   */
  static byte[] image(List<double[]> strokes, double pen) {
    DrawnDigit digit = new DrawnDigit();
    digit.fit(strokes, pen);
    for (double[] stroke : strokes) {
      digit.cover(stroke);
    }
    return centred(digit.levels());
  }

  /** Finds the scale at which points and pen together fill the box. */
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
      int next = Math.min(i + 2, last); // a dot is a segment of length 0
      if (next > i || last == 0) {
        coverSegment(
            (stroke[i] - left) * scale + radius,
            (stroke[i + 1] - top) * scale + radius,
            (stroke[next] - left) * scale + radius,
            (stroke[next + 1] - top) * scale + radius);
      }
    }
  }

  /** Marks the samples within the radius of the pen around a segment, in pixels. */
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

  /** Returns the grey levels of the box, [20, 20]: the share of covered samples. */
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

  /**
   * Moves the grey levels of a box, [20, 20], into an image, so that the centre of mass is in the
   * middle.
   *
   * @param box levels from 0 to 255, at least one of them above 0
   */
  public static byte[] centred(int[] box) {
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

  /**
   * Returns the shift of the centre of mass to the middle, limited so that no ink leaves the image.
   */
  private static int shift(double centre, int last) {
    return (int) Math.max(0, Math.min(SIDE - 1 - last, Math.round(CENTRE - centre)));
  }
}
