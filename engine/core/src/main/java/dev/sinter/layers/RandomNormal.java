package dev.sinter.layers;

import dev.sinter.errors.InputException;
import dev.sinter.program.Philox;

/**
 * Weights drawn from a normal distribution. Immutable: any number of threads may use it.
 *
 * @param mean a finite number
 * @param stddev the standard deviation, at least 0
 */
public record RandomNormal(double mean, double stddev) implements Initializer {
  public RandomNormal {
    requireNormal("RandomNormal", mean, stddev);
  }

  static void requireNormal(String where, double mean, double stddev) {
    if (!(stddev >= 0 && Double.isFinite(mean + stddev))) {
      throw InputException.of(
          where,
          "a finite mean and a standard deviation of at least 0",
          mean + " and " + stddev,
          "Correct mean and deviation");
    }
  }

  @Override
  public float[] weights(int[] shape, Philox random) {
    float[] weights = new float[Fan.size(shape)];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) (mean + stddev * random.normal(i));
    }
    return weights;
  }
}
