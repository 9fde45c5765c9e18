package dev.sinter.layers;

import java.util.Arrays;

/**
 * How many inputs and outputs the elements of a weight connect.
 *
 * @param in the product of all dimensions but the last; 1 for a vector
 * @param out the last dimension, times the elements of a window of a convolution
 */
record Fan(double in, double out) {
  /** The standard deviation of a normal distribution of 1 that is cut off at -2 and 2. */
  private static final double CUT_DEVIATION = 0.87962566103423978;

  static Fan of(int[] shape) {
    int last = shape.length - 1;
    double in = Arrays.stream(shape, 0, last).asDoubleStream().reduce(1, (a, b) -> a * b);
    double window = // a convolution: [height, width, channels, filters]
        last < 3
            ? 1
            : Arrays.stream(shape, 0, last - 1).asDoubleStream().reduce(1, (a, b) -> a * b);
    return new Fan(in, shape[last] * window);
  }

  /** Returns the number of elements. */
  static int size(int[] shape) {
    return Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }

  double mean() {
    return (in + out) / 2;
  }

  /** Returns the standard deviation that is left with a variance once it is cut off at 2. */
  static double wider(double variance) {
    return Math.sqrt(variance) / CUT_DEVIATION;
  }
}
