package dev.sinter.layers;

import dev.sinter.compile.Weight;
import dev.sinter.program.Philox;
import java.util.Arrays;
import java.util.function.ToDoubleFunction;

/** An initializer that has a name, Keras's. */
record NamedInitializer(String name, Weight.Start start) implements Initializer {
  private interface Draw {
    /** Returns the value of an element of so many. */
    double value(Philox random, int element, int count);
  }

  static Initializer constant(String name, float value) {
    return new NamedInitializer(
        name,
        (shape, random) -> {
          float[] weights = new float[Fan.size(shape)];
          Arrays.fill(weights, value);
          return weights;
        });
  }

  /** Uniform between minus and plus a limit. */
  static Initializer uniform(String name, ToDoubleFunction<Fan> limit) {
    return drawn(name, limit, (random, element, count) -> 2.0 * random.uniform(element) - 1);
  }

  /** Normal, with Keras's default standard deviation. */
  static Initializer normal(String name) {
    return drawn(name, fan -> 0.05, (random, element, count) -> random.normal(element));
  }

  /** Normal, cut off at two standard deviations: what lies beyond is drawn again. */
  static Initializer truncated(String name, ToDoubleFunction<Fan> deviation) {
    return drawn(name, deviation, TruncatedNormal::draw);
  }

  private static Initializer drawn(String name, ToDoubleFunction<Fan> scale, Draw draw) {
    return new NamedInitializer(
        name,
        (shape, random) -> {
          float[] weights = new float[Fan.size(shape)];
          double factor = scale.applyAsDouble(Fan.of(shape));
          for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) (factor * draw.value(random, i, weights.length));
          }
          return weights;
        });
  }

  @Override
  public float[] weights(int[] shape, Philox random) {
    return start.weights(shape, random);
  }

  @Override
  public String toString() {
    return name;
  }
}
