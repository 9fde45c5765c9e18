package dev.sinter.datasets;

import java.util.Arrays;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Draws one handwriting-like digit at a time, 28x28 uint8; one object per thread.
 *
 * <p>The points of a skeleton are bent (by a random quadratic and cubic field), slanted, rotated,
 * stretched and each shifted a little. They are joined by Catmull-Rom curves, fitted to a 20x20 box
 * and centred by their centre of mass, like the digits of MNIST. The brightness falls from 255 to 0
 * over the soft edge of the stroke, at distance {@code radius} from the skeleton. Noise is added to
 * the ink, not to the paper.
 *
 * <p>Only correctly rounded arithmetic and StrictMath are used, so every machine draws the same
 * bytes.
 */
final class DigitPen {
  static final int SIDE = 28;
  private static final double BOX = 20; // pixels
  private static final double JITTER = 0.055; // of each point; the skeleton's height is 2
  private static final int STEPS = 4; // line segments per span of a curve
  private static final int MAX_POINTS = 256;
  private static final float FAR = 1e9f;

  private final double[] x = new double[MAX_POINTS]; // polyline vertices, pixels
  private final double[] y = new double[MAX_POINTS];
  private final boolean[] starts =
      new boolean[MAX_POINTS]; // first vertices of strokes: no segment leads to them
  private int points;
  private final float[] squaredDistance = new float[SIDE * SIDE]; // pixels^2, to the skeleton
  private @Nullable SplittableRandom random; // null until the first digit

  /** Draws a digit into {@code target[from, from + 784)}. */
  void draw(int digit, SplittableRandom source, byte[] target, int from) {
    random = source;
    trace(pick(DigitStrokes.VARIANTS[digit]));
    double radius = between(0.75, 1.45) + between(0, 0.45) * between(0, 1);
    double softness = between(1.0, 1.6); // pixels from full ink to none
    double reach = radius + softness / 2;
    fit(BOX * between(0.85, 1.03) - 2 * radius, reach);
    measure(reach);
    double ink = between(190, 285);
    double noise = between(0, 0.35);
    for (int i = 0; i < squaredDistance.length; i++) {
      int value = 0;
      if (squaredDistance[i] < FAR) {
        double level = (radius - Math.sqrt(squaredDistance[i])) / softness + 0.5;
        if (level > 0) {
          level = Math.min(level, 1) * (1 - noise * between(0, 1));
          value = (int) Math.min(255, ink * level);
        }
      }
      target[from + i] = (byte) value;
    }
  }

  private DigitStrokes.Variant pick(DigitStrokes.Variant[] variants) {
    double left = between(0, Arrays.stream(variants).mapToDouble(each -> each.weight()).sum());
    for (DigitStrokes.Variant variant : variants) {
      left -= variant.weight();
      if (left < 0) {
        return variant;
      }
    }
    return variants[variants.length - 1];
  }

  /** Bends a skeleton and turns it into polylines of height about 1, at any position. */
  private void trace(DigitStrokes.Variant variant) {
    double width = variant.width() * between(0.75, 1.25);
    double slant = Math.max(-0.35, Math.min(0.55, 0.12 + 0.22 * bell()));
    double angle = 0.11 * bell(); // radians
    double cosine = StrictMath.cos(angle);
    double sine = StrictMath.sin(angle);
    double[] bend = new double[10]; // of x, then of y: u^2, u v, v^2, u^2 v, v^3
    for (int i = 0; i < bend.length; i++) {
      bend[i] = 0.08 * bell();
    }
    double[][] strokes = variant.strokes();
    double[][] moved = new double[strokes.length][];
    points = 0;
    for (int s = 0; s < strokes.length; s++) {
      double[] stroke = strokes[s];
      moved[s] = new double[stroke.length];
      for (int i = 0; i < stroke.length; i += 2) {
        double u = 2 * stroke[i] - 1;
        double v = 2 * stroke[i + 1] - 1;
        double px = u + field(bend, 0, u, v) + JITTER * bell();
        double py = v + field(bend, 5, u, v) + JITTER * bell();
        px = px * width - slant * py;
        moved[s][i] = (px * cosine - py * sine) / 2;
        moved[s][i + 1] = (px * sine + py * cosine) / 2;
        joinEarlierEnd(strokes, moved, s, i);
      }
      addCurve(moved[s]);
    }
  }

  /**
   * Moves an end of a stroke to the moved end of an earlier stroke that shares the same skeleton
   * point.
   */
  private static void joinEarlierEnd(double[][] strokes, double[][] moved, int s, int i) {
    double[] stroke = strokes[s];
    if (i != 0 && i != stroke.length - 2) {
      return;
    }
    for (int earlier = 0; earlier <= s; earlier++) {
      int last = strokes[earlier].length - 2;
      for (int end = 0; end <= last; end += last) {
        boolean before = earlier < s || end < i;
        if (before
            && strokes[earlier][end] == stroke[i]
            && strokes[earlier][end + 1] == stroke[i + 1]) {
          moved[s][i] = moved[earlier][end];
          moved[s][i + 1] = moved[earlier][end + 1];
          return;
        }
      }
    }
  }

  private static double field(double[] bend, int at, double u, double v) {
    return bend[at] * u * u
        + bend[at + 1] * u * v
        + bend[at + 2] * v * v
        + bend[at + 3] * u * u * v
        + bend[at + 4] * v * v * v;
  }

  /**
   * Adds the uniform Catmull-Rom curve through the points of a stroke; the end points are doubled.
   */
  private void addCurve(double[] p) {
    int last = p.length / 2 - 1;
    addPoint(p[0], p[1], true);
    for (int i = 0; i < last; i++) {
      int before = Math.max(i - 1, 0) * 2;
      int start = i * 2;
      int end = start + 2;
      int after = Math.min(i + 2, last) * 2;
      int steps = last == 1 ? 1 : STEPS;
      for (int step = 1; step <= steps; step++) {
        double t = (double) step / steps;
        addPoint(
            catmullRom(p[before], p[start], p[end], p[after], t),
            catmullRom(p[before + 1], p[start + 1], p[end + 1], p[after + 1], t),
            false);
      }
    }
  }

  private static double catmullRom(double a, double b, double c, double d, double t) {
    double cubic = 3 * (b - c) + d - a;
    double quadratic = 2 * a - 5 * b + 4 * c - d;
    return b + 0.5 * t * (c - a + t * (quadratic + t * cubic));
  }

  private void addPoint(double px, double py, boolean start) {
    x[points] = px;
    y[points] = py;
    starts[points++] = start;
  }

  /**
   * Scales the longer side of the bounding box to {@code size} pixels and centres by mass, limited
   * so that ink within {@code reach} of the skeleton does not touch the outermost pixels.
   */
  private void fit(double size, double reach) {
    double left = Arrays.stream(x, 0, points).min().getAsDouble();
    double right = Arrays.stream(x, 0, points).max().getAsDouble();
    double top = Arrays.stream(y, 0, points).min().getAsDouble();
    double bottom = Arrays.stream(y, 0, points).max().getAsDouble();
    double mass = 0;
    double massX = 0;
    double massY = 0;
    for (int i = 1; i < points; i++) {
      if (!starts[i]) {
        double dx = x[i] - x[i - 1];
        double dy = y[i] - y[i - 1];
        double length = Math.sqrt(dx * dx + dy * dy);
        mass += length;
        massX += length * (x[i] + x[i - 1]) / 2;
        massY += length * (y[i] + y[i - 1]) / 2;
      }
    }
    double scale = size / Math.max(right - left, bottom - top);
    double shiftX = shift(massX / mass * scale, left * scale, right * scale, reach);
    double shiftY = shift(massY / mass * scale, top * scale, bottom * scale, reach);
    for (int i = 0; i < points; i++) {
      x[i] = x[i] * scale + shiftX;
      y[i] = y[i] * scale + shiftY;
    }
  }

  private double shift(double mass, double low, double high, double reach) {
    double wanted = (SIDE - 1) / 2.0 + between(-1, 1) - mass;
    return Math.max(reach - low, Math.min(SIDE - 1 - reach - high, wanted));
  }

  /** Computes the squared distance of each pixel to the nearest segment, up to {@code reach}. */
  private void measure(double reach) {
    Arrays.fill(squaredDistance, FAR);
    for (int i = 1; i < points; i++) {
      if (!starts[i]) {
        measureSegment(x[i - 1], y[i - 1], x[i], y[i], reach);
      }
    }
  }

  private void measureSegment(double ax, double ay, double bx, double by, double reach) {
    int left = (int) Math.max(0, Math.ceil(Math.min(ax, bx) - reach));
    int right = (int) Math.min(SIDE - 1, Math.floor(Math.max(ax, bx) + reach));
    int top = (int) Math.max(0, Math.ceil(Math.min(ay, by) - reach));
    int bottom = (int) Math.min(SIDE - 1, Math.floor(Math.max(ay, by) + reach));
    double dx = bx - ax;
    double dy = by - ay;
    double squaredLength = dx * dx + dy * dy;
    double inverse = squaredLength > 0 ? 1 / squaredLength : 0;
    for (int row = top; row <= bottom; row++) {
      for (int column = left; column <= right; column++) {
        double px = column - ax;
        double py = row - ay;
        double t = Math.max(0, Math.min(1, (px * dx + py * dy) * inverse));
        double ex = px - t * dx;
        double ey = py - t * dy;
        int pixel = row * SIDE + column;
        squaredDistance[pixel] = Math.min(squaredDistance[pixel], (float) (ex * ex + ey * ey));
      }
    }
  }

  private double between(double low, double high) {
    return low
        + (high - low) * ((Objects.requireNonNull(random, "random").nextLong() >>> 11) * 0x1.0p-53);
  }

  /**
   * Returns a bell-shaped number: mean 0, variance 1, magnitude below 3.5 (a sum of four uniforms).
   */
  private double bell() {
    double sum = between(-1, 1) + between(-1, 1) + between(-1, 1) + between(-1, 1);
    return sum * 0.8660254037844386; // sqrt(3 / 4): each has variance 1/3
  }
}
