package dev.sinter.layers;

import dev.sinter.program.Philox;

/**
 * Weights drawn from a normal distribution; what lies more than 2 standard deviations from the mean
 * is drawn again. Immutable: any number of threads may use it.
 *
 * @param mean a finite number
 * @param stddev the standard deviation before anything is cut off, at least 0
 */
public record TruncatedNormal(double mean, double stddev) implements Initializer {
  public TruncatedNormal {
    RandomNormal.requireNormal("TruncatedNormal", mean, stddev);
  }

  @Override
  public float[] weights(int[] shape, Philox random) {
    float[] weights = new float[Fan.size(shape)];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) (mean + stddev * draw(random, i, weights.length));
    }
    return weights;
  }

  /** Returns the value of an element of so many, for mean 0 and deviation 1. */
  static double draw(Philox random, int element, int count) {
    long draw = element;
    double value = random.normal(draw);
    while (Math.abs(value) > 2) {
      draw += count;
      value = random.normal(draw);
    }
    return value;
  }
}
