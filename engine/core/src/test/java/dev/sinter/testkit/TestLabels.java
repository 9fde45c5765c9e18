package dev.sinter.testkit;

import dev.sinter.losses.CrossEntropy;
import dev.sinter.losses.Loss;

/** Labels that suit a loss. */
public final class TestLabels {
  private TestLabels() {}

  /** Returns labels [size, label columns] for a network with so many outputs. */
  public static double[][] of(Loss loss, Samples samples, int size, int outputs) {
    int columns = loss.labelColumns(outputs);
    if (loss instanceof CrossEntropy crossEntropy) {
      return switch (crossEntropy.labels()) {
        case CLASS_INDICES -> samples.indices(size, 1, outputs);
        case DISTRIBUTIONS -> samples.oneHot(size, outputs);
        case SHARES -> samples.indices(size, columns, 2);
      };
    }
    if (loss.equals(Loss.CATEGORICAL_HINGE) || loss.equals(Loss.KL_DIVERGENCE)) {
      return samples.oneHot(size, outputs);
    }
    return columns == outputs ? samples.normal(size, columns) : samples.indices(size, 1, outputs);
  }
}
