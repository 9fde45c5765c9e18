package dev.sinter.layers;

import dev.sinter.errors.KnownNames;
import java.util.List;

/** The initializers that have a name. */
final class InitializerNames {
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
          Object::toString);

  private InitializerNames() {}
}
