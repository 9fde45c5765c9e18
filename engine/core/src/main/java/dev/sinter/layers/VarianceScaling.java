package dev.sinter.layers;

import dev.sinter.errors.InputException;
import dev.sinter.program.Philox;
import java.util.Objects;

/**
 * Weights of mean 0 and of a variance that suits the shape: scale / fan. The initializers named
 * after Glorot, He and LeCun are of this kind. Immutable: any number of threads may use it. Source:
 * Keras, initializers/random_initializers.py.
 *
 * @param scale above 0
 * @param mode which fan
 * @param distribution how weights are drawn
 */
public record VarianceScaling(double scale, Mode mode, Distribution distribution)
    implements Initializer {
  /** What a variance is divided by. */
  public enum Mode {
    /** The number of inputs. */
    FAN_IN,
    /** The number of outputs. */
    FAN_OUT,
    /** The mean of both. */
    FAN_AVG
  }

  /** How weights are drawn. */
  public enum Distribution {
    /** Normal, cut off at 2 standard deviations. */
    TRUNCATED_NORMAL,
    /** Normal. */
    UNTRUNCATED_NORMAL,
    /** Uniform. */
    UNIFORM
  }

  public VarianceScaling {
    Objects.requireNonNull(mode, "mode");
    Objects.requireNonNull(distribution, "distribution");
    if (!(scale > 0 && scale < Double.POSITIVE_INFINITY)) {
      throw InputException.of("VarianceScaling", "a scale above 0", scale, "Correct the scale");
    }
  }

  @Override
  public float[] weights(int[] shape, Philox random) {
    Fan fan = Fan.of(shape);
    double divisor =
        switch (mode) {
          case FAN_IN -> fan.in();
          case FAN_OUT -> fan.out();
          case FAN_AVG -> fan.mean();
        };
    double variance = scale / Math.max(1, divisor);
    double limit = Math.sqrt(3 * variance);
    Initializer drawn =
        switch (distribution) {
          case TRUNCATED_NORMAL -> new TruncatedNormal(0, Fan.wider(variance));
          case UNTRUNCATED_NORMAL -> new RandomNormal(0, Math.sqrt(variance));
          case UNIFORM -> new RandomUniform(-limit, limit);
        };
    return drawn.weights(shape, random);
  }
}
