package dev.sinter.backend.host;

import dev.sinter.program.Op;

/**
 * What works on whole rows, on the host in double precision: softmax, the folded cross-entropies,
 * counts and reductions. Their operands are small, a row a sample and a column a class; a library's
 * operations take longer to start than these loops to run.
 */
public final class RowSteps {
  private RowSteps() {}

  /** A value copied to the heap and back. */
  private static final class HostMatrix {
    final HostView view;
    final int rows;
    final int columns;
    final float[] floats;

    HostMatrix(HostView view) {
      this.view = view;
      this.rows = view.shape().rows();
      this.columns = view.shape().columns();
      this.floats = new float[view.shape().size()];
    }

    HostMatrix read() {
      view.read(floats);
      return this;
    }

    void write() {
      view.write(floats);
    }

    int argmax(int row) {
      int best = row * columns;
      for (int i = best + 1; i < (row + 1) * columns; i++) {
        if (floats[i] > floats[best]) {
          best = i;
        }
      }
      return best - row * columns;
    }

    double max(int row) {
      double max = Double.NEGATIVE_INFINITY;
      for (int i = row * columns; i < (row + 1) * columns; i++) {
        max = Math.max(max, floats[i]);
      }
      return max;
    }
  }

  /** p = softmax of each row of z. */
  public static Step softmax(HostView z, HostView p) {
    HostMatrix logits = new HostMatrix(z);
    HostMatrix probabilities = new HostMatrix(p);
    double[] powers = new double[logits.columns];
    return position -> {
      logits.read();
      for (int row = 0; row < logits.rows; row++) {
        double sum = exponentials(logits, row, logits.max(row), powers);
        for (int j = 0; j < powers.length; j++) {
          probabilities.floats[row * powers.length + j] = (float) (powers[j] / sum);
        }
      }
      probabilities.write();
    };
  }

  /** Fills exp(z_j - max) of a row and returns their sum. */
  private static double exponentials(HostMatrix z, int row, double max, double[] powers) {
    double sum = 0;
    for (int j = 0; j < powers.length; j++) {
      powers[j] = Math.exp(z.floats[row * powers.length + j] - max);
      sum += powers[j];
    }
    return sum;
  }

  /** A loss with its gradient and count; dz, accuracy and correct may be null. */
  public static Step crossEntropy(
      Op.CrossEntropy op, HostView z, HostView y, HostView dz, HostView loss, HostView correct) {
    HostMatrix logits = new HostMatrix(z);
    HostMatrix targets = new HostMatrix(y);
    HostMatrix gradient = dz == null ? null : new HostMatrix(dz);
    double[] powers = new double[logits.columns];
    return position -> {
      logits.read();
      targets.read();
      double total = 0;
      for (int row = 0; row < logits.rows; row++) {
        total +=
            switch (op.kind()) {
              case SIGMOID -> sigmoidRow(logits, targets, gradient, row);
              case SOFTMAX -> softmaxRow(logits, targets, gradient, row, powers);
              case SOFTMAX_SPARSE -> sparseRow(logits, targets, gradient, row, powers);
            };
      }
      loss.host().put(0, (float) total);
      if (gradient != null) {
        gradient.write();
      }
      if (correct != null) {
        correct.host().put(0, (float) count(op.accuracy(), logits, targets, 0));
      }
    };
  }

  /** log sum_k exp(z_k) - z_t; an index that is no column has no term, as in the reference. */
  private static double sparseRow(
      HostMatrix z, HostMatrix y, HostMatrix dz, int row, double[] powers) {
    int start = row * powers.length;
    double max = z.max(row);
    double sum = exponentials(z, row, max, powers);
    float index = y.floats[row];
    int target = index >= 0 && index < powers.length && index == (int) index ? (int) index : -1;
    if (dz != null) {
      for (int j = 0; j < powers.length; j++) {
        dz.floats[start + j] = (float) ((powers[j] / sum - (j == target ? 1 : 0)) / z.rows);
      }
    }
    return target < 0 ? 0 : max + Math.log(sum) - z.floats[start + target];
  }

  /** sum_j y_j (log sum_k exp(z_k) - z_j). */
  private static double softmaxRow(
      HostMatrix z, HostMatrix y, HostMatrix dz, int row, double[] powers) {
    int start = row * powers.length;
    double max = z.max(row);
    double sum = exponentials(z, row, max, powers);
    double logSum = max + Math.log(sum);
    double loss = 0;
    for (int j = 0; j < powers.length; j++) {
      float target = y.floats[start + j];
      if (target != 0) {
        loss += target * (logSum - z.floats[start + j]);
      }
      if (dz != null) {
        dz.floats[start + j] = (float) ((powers[j] / sum - target) / z.rows);
      }
    }
    return loss;
  }

  /** mean_j of max(z, 0) - z y + log(1 + exp(-|z|)). */
  private static double sigmoidRow(HostMatrix z, HostMatrix y, HostMatrix dz, int row) {
    double loss = 0;
    for (int i = row * z.columns; i < (row + 1) * z.columns; i++) {
      double logit = z.floats[i];
      double target = y.floats[i];
      double power = Math.exp(-Math.abs(logit)); // of a number below 0: no overflow
      loss += Math.max(logit, 0) - logit * target + Math.log1p(power);
      if (dz != null) {
        double p = logit < 0 ? power / (1 + power) : 1 / (1 + power);
        dz.floats[i] = (float) ((p - target) / ((double) z.rows * z.columns));
      }
    }
    return loss / z.columns;
  }

  /** Counts the samples that are right. */
  public static Step countCorrect(
      Op.CountCorrect op, HostView scores, HostView y, HostView correct) {
    HostMatrix predictions = new HostMatrix(scores);
    HostMatrix targets = new HostMatrix(y);
    return position -> {
      double right = count(op.accuracy(), predictions.read(), targets.read(), op.threshold());
      correct.host().put(0, (float) right);
    };
  }

  private static double count(
      Op.Accuracy accuracy, HostMatrix scores, HostMatrix y, double threshold) {
    double count = 0;
    for (int row = 0; row < scores.rows; row++) {
      switch (accuracy) {
        case SPARSE_CATEGORICAL -> count += scores.argmax(row) == y.floats[row] ? 1 : 0;
        case CATEGORICAL -> count += scores.argmax(row) == y.argmax(row) ? 1 : 0;
        case BINARY -> {
          for (int i = row * scores.columns; i < (row + 1) * scores.columns; i++) {
            double predicted = scores.floats[i] > threshold ? 1 : 0;
            count += predicted == y.floats[i] ? 1.0 / scores.columns : 0;
          }
        }
      }
    }
    return count;
  }

  /** Sums or maximizes each row, or everything. */
  public static Step reduce(Op.Reduction reduction, HostView x, HostView output) {
    int groups = output.shape().rows();
    float[] row = new float[x.shape().size() / groups];
    return position -> {
      for (int i = 0; i < groups; i++) {
        x.host().get(i * row.length, row, 0, row.length);
        output.host().put(i, (float) reduce(reduction, row));
      }
    };
  }

  private static double reduce(Op.Reduction reduction, float[] row) {
    double result = reduction == Op.Reduction.SUM ? 0 : Double.NEGATIVE_INFINITY;
    for (float value : row) {
      result = reduction == Op.Reduction.SUM ? result + value : Math.max(result, value);
    }
    return result;
  }
}
