package dev.sinter.losses;

/**
 * What training makes small. The loss of a batch is the mean over its samples (Keras's
 * sum_over_batch_size). Immutable: any number of threads may use it.
 *
 * <p>Losses without options are constants here; {@link CrossEntropy}, {@link
 * BinaryFocalCrossentropy} and {@link Huber} have options. A loss of your own is an {@link
 * ElementwiseLoss}: two expressions. In the formulas p is the output and y the label. Source:
 * Keras, losses/losses.py.
 */
public sealed interface Loss permits CrossEntropy, ElementwiseLoss, CategoricalHinge {
  /** -log p[y], labels are class indices [N] or [N, 1]. */
  Loss SPARSE_CATEGORICAL_CROSSENTROPY = new CrossEntropy(CrossEntropy.Labels.CLASS_INDICES);

  /** -sum_j y_j log p_j, labels are one-hot rows or probabilities [N, C]. */
  Loss CATEGORICAL_CROSSENTROPY = new CrossEntropy(CrossEntropy.Labels.DISTRIBUTIONS);

  /** mean_j of -(y_j log p_j + (1 - y_j) log(1 - p_j)), labels [N] or [N, D] from 0 to 1. */
  Loss BINARY_CROSSENTROPY = new CrossEntropy(CrossEntropy.Labels.SHARES);

  /** mean_j of (p_j - y_j)^2, targets [N] or [N, D]. */
  Loss MEAN_SQUARED_ERROR = NamedLoss.meanSquaredError();

  /** mean_j of |p_j - y_j|, targets [N] or [N, D]; its derivative is 0 at 0. */
  Loss MEAN_ABSOLUTE_ERROR = NamedLoss.meanAbsoluteError();

  /** 100 mean_j of |p_j - y_j| / max(|y_j|, 1e-7), targets [N] or [N, D]. */
  Loss MEAN_ABSOLUTE_PERCENTAGE_ERROR = NamedLoss.meanAbsolutePercentageError();

  /** mean_j of (log(1 + p_j) - log(1 + y_j))^2, targets [N] or [N, D] of at least 0. */
  Loss MEAN_SQUARED_LOGARITHMIC_ERROR = NamedLoss.meanSquaredLogarithmicError();

  /** mean_j of log(cosh(p_j - y_j)), targets [N] or [N, D]. */
  Loss LOG_COSH = NamedLoss.logCosh();

  /** sum_j of y_j log(y_j / p_j), both clipped to [1e-7, 1]; labels are probabilities [N, C]. */
  Loss KL_DIVERGENCE = NamedLoss.klDivergence();

  /** mean_j of p_j - y_j log(p_j + 1e-7), targets [N] or [N, D] of at least 0. */
  Loss POISSON = NamedLoss.poisson();

  /** mean_j of max(0, 1 - y_j p_j), labels [N] or [N, D] of -1 and 1; a label 0 counts as -1. */
  Loss HINGE = NamedLoss.hinge();

  /** mean_j of max(0, 1 - y_j p_j)^2, labels as for {@link #HINGE}. */
  Loss SQUARED_HINGE = NamedLoss.squaredHinge();

  /** max(0, 1 + the largest p_j of another class - p of the right one), labels one-hot [N, C]. */
  Loss CATEGORICAL_HINGE = new CategoricalHinge();

  /** Returns the name that messages use: Keras's, in snake case. */
  String name();

  /** Returns the number of label columns that a network with so many outputs needs. */
  int labelColumns(int outputs);

  /** Returns the loss with Keras's name for it, its class's name or its alias, in any case. */
  static Loss of(String name) {
    return LossNames.KNOWN.get(name);
  }
}
