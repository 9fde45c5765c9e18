package dev.sinter.datasets;

import java.util.function.IntToDoubleFunction;

/**
 * Resamples square images by separable cubic convolution with antialiasing.
 *
 * <p>Keys's kernel with a = -0.5, widened by the scale s = from / to when shrinking. Output pixel o
 * is centred at (o + 0.5) s - 0.5 in input pixels. The weights of the pixels inside the image are
 * normalised to sum to 1, so no values are assumed outside the image. Results may slightly exceed
 * the range of the input. Source: R. Keys, Cubic convolution interpolation for digital image
 * processing, 1981, equation 15.
 */
final class CubicResample {
  private static final double A = -0.5;
  private static final double SUPPORT = 2; // the kernel is 0 at this distance and beyond

  private final int from;
  private final int to;
  private final double[][] weights; // [to][from]

  CubicResample(int from, int to) {
    this.from = from;
    this.to = to;
    weights = new double[to][from];
    double scale = (double) from / to;
    double widening = Math.max(scale, 1);
    for (int o = 0; o < to; o++) {
      double centre = (o + 0.5) * scale - 0.5;
      double sum = 0;
      for (int i = 0; i < from; i++) {
        weights[o][i] = kernel((i - centre) / widening);
        sum += weights[o][i];
      }
      for (int i = 0; i < from; i++) {
        weights[o][i] /= sum;
      }
    }
  }

  /**
   * Resamples an image [from][from] to [to][to], indexed [row][column].
   *
   * @param pixels the input image, indexed by row * from + column
   */
  double[][] apply(IntToDoubleFunction pixels) {
    double[][] narrow = new double[from][to];
    for (int row = 0; row < from; row++) {
      for (int i = 0; i < from; i++) {
        double pixel = pixels.applyAsDouble(row * from + i);
        for (int column = 0; column < to; column++) {
          narrow[row][column] += weights[column][i] * pixel;
        }
      }
    }
    double[][] result = new double[to][to];
    for (int row = 0; row < to; row++) {
      for (int i = 0; i < from; i++) {
        for (int column = 0; column < to; column++) {
          result[row][column] += weights[row][i] * narrow[i][column];
        }
      }
    }
    return result;
  }

  static double kernel(double distance) {
    double x = Math.abs(distance);
    if (x < 1) {
      return ((A + 2) * x - (A + 3)) * x * x + 1;
    }
    return x < SUPPORT ? ((x - 5) * x + 8) * x * A - 4 * A : 0;
  }
}
