package dev.sinter.losses;

import dev.sinter.errors.KnownNames;
import java.util.List;

/** The losses that have a name. */
final class LossNames {
  static final KnownNames<Loss> KNOWN =
      KnownNames.<Loss>of(
              "loss",
              List.of(
                  Loss.SPARSE_CATEGORICAL_CROSSENTROPY,
                  Loss.CATEGORICAL_CROSSENTROPY,
                  Loss.BINARY_CROSSENTROPY,
                  Loss.MEAN_SQUARED_ERROR,
                  Loss.MEAN_ABSOLUTE_ERROR),
              Loss::name)
          .with("bce", Loss.BINARY_CROSSENTROPY)
          .with("mse", Loss.MEAN_SQUARED_ERROR)
          .with("mae", Loss.MEAN_ABSOLUTE_ERROR);

  private LossNames() {}
}
