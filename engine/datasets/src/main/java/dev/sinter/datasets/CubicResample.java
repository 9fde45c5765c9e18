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
  private final int[] first; // [to], the first input pixel whose weight is not 0
  private final int[] end; // [to], behind the last one

  CubicResample(int from, int to) {
    this.from = from;
    this.to = to;
    weights = new double[to][from];
    first = new int[to];
    end = new int[to];
    double scale = (double) from / to;
    double widening = Math.max(scale, 1);
    for (int o = 0; o < to; o++) {
      double centre = (o + 0.5) * scale - 0.5;
      double sum = 0;
      for (int i = 0; i < from; i++) {
        weights[o][i] = kernel((i - centre) / widening);
        sum += weights[o][i];
      }
      first[o] = from;
      for (int i = 0; i < from; i++) {
        weights[o][i] /= sum;
        if (weights[o][i] != 0) {
          first[o] = Math.min(first[o], i);
          end[o] = i + 1;
        }
      }
    }
  }

  /** Memory for one image at a time, so that many images need no more. */
  final class Work {
    private final double[] line = new double[from];
    private final double[] narrow = new double[from * to]; // [from][to]
    private final double[] small = new double[to * to]; // [to][to]

    /**
     * Resamples an image [from][from] to [to][to]; the result is overwritten by the next one.
     *
     * @param pixels the input image, indexed by row * from + column
     */
    double[] apply(IntToDoubleFunction pixels) {
      for (int row = 0; row < from; row++) {
        for (int i = 0; i < from; i++) {
          line[i] = pixels.applyAsDouble(row * from + i);
        }
        for (int column = 0; column < to; column++) {
          double sum = 0;
          for (int i = first[column]; i < end[column]; i++) {
            sum += weights[column][i] * line[i];
          }
          narrow[row * to + column] = sum;
        }
      }
      for (int row = 0; row < to; row++) {
        for (int column = 0; column < to; column++) {
          double sum = 0;
          for (int i = first[row]; i < end[row]; i++) {
            sum += weights[row][i] * narrow[i * to + column];
          }
          small[row * to + column] = sum;
        }
      }
      return small;
    }
  }

  static double kernel(double distance) {
    double x = Math.abs(distance);
    if (x < 1) {
      return ((A + 2) * x - (A + 3)) * x * x + 1;
    }
    return x < SUPPORT ? ((x - 5) * x + 8) * x * A - 4 * A : 0;
  }
}
