package dev.sinter.losses;

/**
 * What training makes small. The loss of a batch is the mean over its samples (Keras's
 * sum_over_batch_size). Immutable: any number of threads may use it.
 *
 * <p>A loss of your own is an {@link ElementwiseLoss}: two expressions. Source: Keras,
 * losses/losses.py.
 */
public sealed interface Loss permits CrossEntropy, ElementwiseLoss {
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

  /** Returns the name that messages use: Keras's, in snake case. */
  String name();

  /** Returns the number of label columns that a network with so many outputs needs. */
  int labelColumns(int outputs);

  /** Returns the loss with Keras's name for it, its class's name or its alias, in any case. */
  static Loss of(String name) {
    return LossNames.KNOWN.get(name);
  }
}
