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
                  new BinaryFocalCrossentropy(),
                  Loss.MEAN_SQUARED_ERROR,
                  Loss.MEAN_ABSOLUTE_ERROR,
                  Loss.MEAN_ABSOLUTE_PERCENTAGE_ERROR,
                  Loss.MEAN_SQUARED_LOGARITHMIC_ERROR,
                  new Huber(),
                  Loss.LOG_COSH,
                  Loss.KL_DIVERGENCE,
                  Loss.POISSON,
                  Loss.HINGE,
                  Loss.SQUARED_HINGE,
                  Loss.CATEGORICAL_HINGE),
              Loss::name)
          .with("bce", Loss.BINARY_CROSSENTROPY)
          .with("mse", Loss.MEAN_SQUARED_ERROR)
          .with("mae", Loss.MEAN_ABSOLUTE_ERROR)
          .with("huber_loss", new Huber())
          .with("mape", Loss.MEAN_ABSOLUTE_PERCENTAGE_ERROR)
          .with("msle", Loss.MEAN_SQUARED_LOGARITHMIC_ERROR)
          .with("kld", Loss.KL_DIVERGENCE);

  private LossNames() {}
}
