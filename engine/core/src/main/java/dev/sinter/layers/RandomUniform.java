package dev.sinter.layers;

import dev.sinter.errors.InputException;
import dev.sinter.program.Philox;

/**
 * Weights drawn uniformly from [minval, maxval). Immutable: any number of threads may use it.
 *
 * @param minval a finite number
 * @param maxval a finite number of at least minval
 */
public record RandomUniform(double minval, double maxval) implements Initializer {
  public RandomUniform {
    if (!(minval <= maxval && Double.isFinite(maxval - minval))) {
      throw InputException.of(
          "RandomUniform",
          "finite bounds in order",
          minval + " and " + maxval,
          "Correct the bounds");
    }
  }

  @Override
  public float[] weights(int[] shape, Philox random) {
    float[] weights = new float[Fan.size(shape)];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) (minval + (maxval - minval) * random.uniform(i));
    }
    return weights;
  }
}
