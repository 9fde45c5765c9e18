package dev.sinter.layers;

import dev.sinter.errors.KnownNames;
import java.util.List;

/** The initializers that have a name. */
final class InitializerNames {
  private static final Initializer SCALED =
      new VarianceScaling(
          1, VarianceScaling.Mode.FAN_IN, VarianceScaling.Distribution.TRUNCATED_NORMAL);

  static final KnownNames<Initializer> KNOWN =
      KnownNames.of(
              "initializer",
              List.of(
                  Initializer.GLOROT_UNIFORM,
                  Initializer.GLOROT_NORMAL,
                  Initializer.HE_UNIFORM,
                  Initializer.HE_NORMAL,
                  Initializer.LECUN_UNIFORM,
                  Initializer.LECUN_NORMAL,
                  Initializer.RANDOM_UNIFORM,
                  Initializer.RANDOM_NORMAL,
                  Initializer.TRUNCATED_NORMAL,
                  Initializer.ZEROS,
                  Initializer.ONES),
              Object::toString)
          .with("orthogonal", new Orthogonal())
          .with("constant", new Constant(0))
          .with("variance_scaling", SCALED);

  private InitializerNames() {}
}
