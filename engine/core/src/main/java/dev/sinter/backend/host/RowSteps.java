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

    float max(int row) {
      float max = floats[row * columns];
      for (int i = row * columns + 1; i < (row + 1) * columns; i++) {
        max = Math.max(max, floats[i]);
      }
      return max;
    }
  }

  /** Logits with what softmax needs of them: for each row its maximum, powers and their sum. */
  private static final class Logits {
    final HostMatrix matrix;
    final float[] z;
    final int columns;
    final float[] max; // [B]
    final double[] powers; // [B, C]: exp(z - max)
    final double[] sums; // [B]
    private final Exponential exponential;

    Logits(HostView view) {
      this.matrix = new HostMatrix(view);
      this.z = matrix.floats;
      this.columns = matrix.columns;
      this.max = new float[matrix.rows];
      this.powers = new double[z.length];
      this.sums = new double[matrix.rows];
      this.exponential = new Exponential(z.length);
    }

    /** Reads the logits and fills everything. */
    void read() {
      matrix.read();
      for (int row = 0; row < max.length; row++) {
        float largest = matrix.max(row);
        max[row] = largest;
        for (int i = row * columns; i < (row + 1) * columns; i++) {
          powers[i] = (double) z[i] - largest;
        }
      }
      exponential.apply(powers, powers.length);
      for (int row = 0; row < max.length; row++) {
        double sum = 0;
        for (int i = row * columns; i < (row + 1) * columns; i++) {
          sum += powers[i];
        }
        sums[row] = sum;
      }
    }

    double logSum(int row) {
      return max[row] + Math.log(sums[row]);
    }

    /** Counts the rows whose largest logit is at the target. */
    double count(HostMatrix y, boolean sparse) {
      double count = 0;
      for (int row = 0; row < max.length; row++) {
        int target = sparse ? index(y.floats[row], columns) : y.argmax(row);
        count += target >= 0 && isLargest(row, target) ? 1 : 0;
      }
      return count;
    }

    /** Returns whether a column is the first that holds its row's maximum. */
    private boolean isLargest(int row, int column) {
      int start = row * columns;
      if (z[start + column] != max[row]) {
        return max[row] != max[row] && matrix.argmax(row) == column; // NaN: as everywhere
      }
      for (int i = start; i < start + column; i++) {
        if (z[i] == max[row]) {
          return false;
        }
      }
      return true;
    }
  }

  /** p = softmax of each row of z. */
  public static Step softmax(HostView z, HostView p) {
    Logits logits = new Logits(z);
    HostMatrix probabilities = new HostMatrix(p);
    return position -> {
      logits.read();
      int columns = logits.columns;
      for (int row = 0; row < logits.max.length; row++) {
        double scale = 1 / logits.sums[row];
        for (int i = row * columns; i < (row + 1) * columns; i++) {
          probabilities.floats[i] = (float) (logits.powers[i] * scale);
        }
      }
      probabilities.write();
    };
  }

  /** A loss with its gradient and count; dz and correct may be null. */
  public static Step crossEntropy(
      Op.CrossEntropy op, HostView z, HostView y, HostView dz, HostView loss, HostView correct) {
    return switch (op.kind()) {
      case SIGMOID -> sigmoid(op, z, y, dz, loss, correct);
      case SOFTMAX, SOFTMAX_SPARSE -> softmax(op, z, y, dz, loss, correct);
    };
  }

  private static Step softmax(
      Op.CrossEntropy op, HostView z, HostView y, HostView dz, HostView loss, HostView correct) {
    boolean sparse = op.kind() == Op.CrossEntropyKind.SOFTMAX_SPARSE;
    Logits logits = new Logits(z);
    HostMatrix targets = new HostMatrix(y);
    HostMatrix gradient = dz == null ? null : new HostMatrix(dz);
    return position -> {
      logits.read();
      targets.read();
      double total = sparse ? sparseLoss(logits, targets.floats) : denseLoss(logits, targets);
      loss.host().put(0, (float) total);
      if (gradient != null) {
        if (sparse) {
          sparseGradient(logits, targets.floats, gradient.floats);
        } else {
          denseGradient(logits, targets.floats, gradient.floats);
        }
        gradient.write();
      }
      if (correct != null) {
        double count =
            op.accuracy() == Op.Accuracy.BINARY
                ? count(op.accuracy(), logits.matrix, targets, 0)
                : logits.count(targets, sparse);
        correct.host().put(0, (float) count);
      }
    };
  }

  /** Returns a label as a column; -1 for one that is no column, which has no term in the loss. */
  private static int index(float label, int columns) {
    return label >= 0 && label < columns && label == (int) label ? (int) label : -1;
  }

  /** The sum over rows of log sum_k exp(z_k) - z_t. */
  private static double sparseLoss(Logits logits, float[] labels) {
    double total = 0;
    for (int row = 0; row < labels.length; row++) {
      int target = index(labels[row], logits.columns);
      if (target >= 0) {
        total += logits.logSum(row) - logits.z[row * logits.columns + target];
      }
    }
    return total;
  }

  /** dz = (p - [column is the target]) / B. */
  private static void sparseGradient(Logits logits, float[] labels, float[] dz) {
    double share = 1.0 / labels.length;
    int columns = logits.columns;
    for (int row = 0; row < labels.length; row++) {
      int start = row * columns;
      double scale = share / logits.sums[row];
      for (int i = start; i < start + columns; i++) {
        dz[i] = (float) (logits.powers[i] * scale);
      }
      int target = index(labels[row], columns);
      if (target >= 0) {
        double p = logits.powers[start + target] / logits.sums[row];
        dz[start + target] = (float) ((p - 1) * share);
      }
    }
  }

  /** The sum over rows of sum_j y_j (log sum_k exp(z_k) - z_j). */
  private static double denseLoss(Logits logits, HostMatrix y) {
    double total = 0;
    for (int row = 0; row < y.rows; row++) {
      double logSum = logits.logSum(row);
      for (int i = row * y.columns; i < (row + 1) * y.columns; i++) {
        float target = y.floats[i];
        if (target != 0) {
          total += target * (logSum - logits.z[i]);
        }
      }
    }
    return total;
  }

  /** dz = (p - y) / B. */
  private static void denseGradient(Logits logits, float[] y, float[] dz) {
    int columns = logits.columns;
    double share = 1.0 / logits.max.length;
    for (int row = 0; row < logits.max.length; row++) {
      double scale = 1 / logits.sums[row];
      for (int i = row * columns; i < (row + 1) * columns; i++) {
        dz[i] = (float) ((logits.powers[i] * scale - y[i]) * share);
      }
    }
  }

  private static Step sigmoid(
      Op.CrossEntropy op, HostView z, HostView y, HostView dz, HostView loss, HostView correct) {
    HostMatrix logits = new HostMatrix(z);
    HostMatrix targets = new HostMatrix(y);
    HostMatrix gradient = dz == null ? null : new HostMatrix(dz);
    double[] powers = new double[logits.floats.length];
    Exponential exponential = new Exponential(powers.length);
    return position -> {
      logits.read();
      targets.read();
      for (int i = 0; i < powers.length; i++) {
        powers[i] = -Math.abs((double) logits.floats[i]); // of a number below 0: no overflow
      }
      exponential.apply(powers, powers.length);
      double total = 0;
      for (int row = 0; row < logits.rows; row++) {
        total += sigmoidRow(logits, targets, gradient, row, powers);
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

  /** mean_j of max(z, 0) - z y + log(1 + exp(-|z|)). */
  private static double sigmoidRow(
      HostMatrix z, HostMatrix y, HostMatrix dz, int row, double[] powers) {
    double loss = 0;
    for (int i = row * z.columns; i < (row + 1) * z.columns; i++) {
      double logit = z.floats[i];
      double target = y.floats[i];
      double power = powers[i];
      loss += Math.max(logit, 0) - logit * target + Math.log1p(power);
      if (dz != null) {
        double p = (logit < 0 ? power : 1) / (1 + power);
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
