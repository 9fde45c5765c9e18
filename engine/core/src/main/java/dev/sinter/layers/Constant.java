package dev.sinter.layers;

import dev.sinter.errors.InputException;
import dev.sinter.program.Philox;
import java.util.Arrays;

/**
 * Weights that are all one number. Immutable: any number of threads may use it.
 *
 * @param value a finite number
 */
public record Constant(double value) implements Initializer {
  public Constant {
    if (!Float.isFinite((float) value)) {
      throw InputException.of("Constant", "a finite number", value, "Correct the number");
    }
  }

  @Override
  public float[] weights(int[] shape, Philox random) {
    float[] weights = new float[Fan.size(shape)];
    Arrays.fill(weights, (float) value);
    return weights;
  }
}
