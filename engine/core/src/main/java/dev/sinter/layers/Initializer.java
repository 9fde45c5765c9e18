package dev.sinter.layers;

import dev.sinter.compile.Weight;
import dev.sinter.errors.KnownNames;
import dev.sinter.program.Philox;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** How weights start. Source: Keras, initializers/random_initializers.py. */
public enum Initializer implements Weight.Start {
  /** Uniform in [-L, L), L = sqrt(6 / (fan in + fan out)). Glorot and Bengio, AISTATS 2010. */
  GLOROT_UNIFORM,
  /** All 0. */
  ZEROS,
  /** All 1. */
  ONES;

  private static final KnownNames<Initializer> KNOWN =
      KnownNames.of("initializer", List.of(values()), Initializer::toString);

  /** Returns the initializer with Keras's name for it or its class's name, in any case. */
  public static Initializer of(String name) {
    return KNOWN.get(name);
  }

  @Override
  public float[] weights(int fanIn, int fanOut, long seed, int position) {
    float[] weights = new float[fanIn * fanOut];
    if (this == GLOROT_UNIFORM) {
      double limit = Math.sqrt(6.0 / ((double) fanIn + fanOut));
      Philox random = new Philox(seed, Philox.Stream.INITIAL_WEIGHTS, position);
      for (int i = 0; i < weights.length; i++) {
        weights[i] = (float) (limit * (2.0 * random.uniform(i) - 1));
      }
    }
    if (this == ONES) {
      Arrays.fill(weights, 1);
    }
    return weights;
  }

  /** Returns Keras's name: snake case. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
