package dev.sinter.backend.reference;

import dev.sinter.program.Op;
import org.jspecify.annotations.Nullable;

/** Defines softmax, the folded cross-entropies and the counts. */
final class LossKernels {
  private LossKernels() {}

  /** p = softmax of each row of z. */
  static void softmax(Matrix z, Matrix p) {
    for (int row = 0; row < z.rows(); row++) {
      double max = max(z, row);
      double sum = sumOfExponentials(z, row, max);
      for (int column = 0; column < z.columns(); column++) {
        p.set(row, column, Math.exp(z.get(row, column) - max) / sum);
      }
    }
  }

  /** The sample weights [B, 1] and the divisor of the gradient [1, 1]; null means 1 and B. */
  record Weights(@Nullable Matrix weight, @Nullable Matrix count) {
    double of(int row) {
      return weight == null ? 1 : weight.get(row, 0);
    }

    double divisor(int rows) {
      return count == null ? rows : count.get(0, 0);
    }
  }

  /**
   * loss = the sum of the weighted cross-entropies of the samples; dz = the gradient of loss /
   * count, if requested.
   */
  static void crossEntropy(
      Op.CrossEntropyKind kind,
      Matrix z,
      Matrix y,
      Weights weights,
      @Nullable Matrix dz,
      Matrix loss) {
    double total = 0;
    for (int row = 0; row < z.rows(); row++) {
      total +=
          weights.of(row)
              * (kind == Op.CrossEntropyKind.SIGMOID
                  ? sigmoidRow(z, y, weights, dz, row)
                  : softmaxRow(kind, z, y, weights, dz, row));
    }
    loss.set(0, 0, total);
  }

  /** -sum_j y_j log softmax(z)_j = sum_j y_j (log sum_k exp(z_k) - z_j). */
  private static double softmaxRow(
      Op.CrossEntropyKind kind, Matrix z, Matrix y, Weights weights, @Nullable Matrix dz, int row) {
    double max = max(z, row);
    double sum = sumOfExponentials(z, row, max);
    double logSum = max + Math.log(sum);
    double loss = 0;
    for (int column = 0; column < z.columns(); column++) {
      double target = target(kind, y, row, column);
      if (target != 0) {
        loss += target * (logSum - z.get(row, column));
      }
      if (dz != null) {
        double p = Math.exp(z.get(row, column) - max) / sum;
        dz.set(row, column, (p - target) * weights.of(row) / weights.divisor(z.rows()));
      }
    }
    return loss;
  }

  private static double target(Op.CrossEntropyKind kind, Matrix y, int row, int column) {
    return kind == Op.CrossEntropyKind.SOFTMAX_SPARSE
        ? (y.get(row, 0) == column ? 1 : 0)
        : y.get(row, column);
  }

  /** mean_j of max(z, 0) - z y + log(1 + exp(-|z|)). */
  private static double sigmoidRow(
      Matrix z, Matrix y, Weights weights, @Nullable Matrix dz, int row) {
    double loss = 0;
    for (int column = 0; column < z.columns(); column++) {
      double logit = z.get(row, column);
      double target = y.get(row, column);
      loss += Math.max(logit, 0) - logit * target + Math.log1p(Math.exp(-Math.abs(logit)));
      if (dz != null) {
        double p = 1 / (1 + Math.exp(-logit));
        dz.set(
            row,
            column,
            (p - target) * weights.of(row) / (weights.divisor(z.rows()) * z.columns()));
      }
    }
    return loss / z.columns();
  }

  /** Adds up the weights of the correct samples; a null weight means 1 each. */
  static void countCorrect(
      Op.Accuracy accuracy,
      Matrix scores,
      Matrix y,
      @Nullable Matrix weight,
      double threshold,
      Matrix correct) {
    double count = 0;
    for (int row = 0; row < scores.rows(); row++) {
      count +=
          (weight == null ? 1 : weight.get(row, 0)) * right(accuracy, scores, y, threshold, row);
    }
    correct.set(0, 0, count);
  }

  private static double right(
      Op.Accuracy accuracy, Matrix scores, Matrix y, double threshold, int row) {
    return switch (accuracy) {
      case SPARSE_CATEGORICAL -> argmax(scores, row) == y.get(row, 0) ? 1 : 0;
      case CATEGORICAL -> argmax(scores, row) == argmax(y, row) ? 1 : 0;
      case BINARY -> {
        double share = 0;
        for (int column = 0; column < scores.columns(); column++) {
          double predicted = scores.get(row, column) > threshold ? 1 : 0;
          share += predicted == y.get(row, column) ? 1.0 / scores.columns() : 0;
        }
        yield share;
      }
    };
  }

  private static int argmax(Matrix matrix, int row) {
    int best = 0;
    for (int column = 1; column < matrix.columns(); column++) {
      if (matrix.get(row, column) > matrix.get(row, best)) {
        best = column;
      }
    }
    return best;
  }

  private static double max(Matrix z, int row) {
    double max = Double.NEGATIVE_INFINITY;
    for (int column = 0; column < z.columns(); column++) {
      max = Math.max(max, z.get(row, column));
    }
    return max;
  }

  private static double sumOfExponentials(Matrix z, int row, double max) {
    double sum = 0;
    for (int column = 0; column < z.columns(); column++) {
      sum += Math.exp(z.get(row, column) - max);
    }
    return sum;
  }
}
