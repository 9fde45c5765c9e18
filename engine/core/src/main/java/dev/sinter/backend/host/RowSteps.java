package dev.sinter.backend.host;

import dev.sinter.program.Op;
import dev.sinter.program.Philox;
import dev.sinter.program.Value;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Operations on whole rows, on the host in double precision: softmax, the folded cross-entropies,
 * counts and reductions. Their operands are small (one row per sample, one column per class);
 * starting a library operation takes longer than running these loops.
 */
public final class RowSteps {
  private RowSteps() {}

  static @Nullable HostView viewOrNull(
      Function<Value, ? extends HostView> views, @Nullable Value value) {
    return value == null ? null : views.apply(value);
  }

  /** A value copied to the heap and back. */
  private record HostMatrix(HostView view, int rows, int columns, float[] floats) {
    HostMatrix(HostView view) {
      this(view, view.shape().rows(), view.shape().columns(), new float[view.shape().size()]);
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

  /** The sample weights, and the divisor of the gradient. */
  private static final class Weights {
    private final @Nullable HostMatrix weight; // [B, 1], or null if all are 1
    private final @Nullable HostMatrix count; // [1, 1], or null for B
    private final int rows;

    Weights(@Nullable HostView weight, @Nullable HostView count, int rows) {
      this.weight = weight == null ? null : new HostMatrix(weight);
      this.count = count == null ? null : new HostMatrix(count);
      this.rows = rows;
    }

    void read() {
      if (weight != null) {
        weight.read();
      }
      if (count != null) {
        count.read();
      }
    }

    double of(int row) {
      return weight == null ? 1 : weight.floats[row];
    }

    double divisor() {
      return count == null ? rows : count.floats[0];
    }
  }

  /**
   * Logits with the intermediate results of softmax: the maximum, the powers and their sum for each
   * row.
   */
  private static final class Logits {
    final HostMatrix matrix;
    final float[] z;
    final int columns;
    final float[] max; // [B]
    final double[] powers; // [B, C]: exp(z - max)
    final double[] sums; // [B]
    private final Exponential exponential;

    Logits(HostMatrix matrix) {
      this.matrix = matrix;
      this.z = matrix.floats;
      this.columns = matrix.columns;
      this.max = new float[matrix.rows];
      this.powers = new double[z.length];
      this.sums = new double[matrix.rows];
      this.exponential = new Exponential(z.length);
    }

    /** Computes the intermediate results, after the logits are read. */
    void prepare() {
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
    double count(HostMatrix y, boolean sparse, Weights weights) {
      double count = 0;
      for (int row = 0; row < max.length; row++) {
        int target = sparse ? index(y.floats[row], columns) : y.argmax(row);
        count += target >= 0 && isLargest(row, target) ? weights.of(row) : 0;
      }
      return count;
    }

    /** Returns whether a column is the first one with the maximum of its row. */
    private boolean isLargest(int row, int column) {
      int start = row * columns;
      if (z[start + column] != max[row]) {
        return max[row] != max[row] && matrix.argmax(row) == column; // NaN: as in all backends
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
    Logits logits = new Logits(new HostMatrix(z));
    HostMatrix probabilities = new HostMatrix(p);
    return position -> {
      logits.matrix.read();
      logits.prepare();
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

  /** A loss with its gradient and count, if requested. */
  public static Step crossEntropy(Op.CrossEntropy op, Function<Value, ? extends HostView> views) {
    return op.kind() == Op.CrossEntropyKind.SIGMOID
        ? new SigmoidLoss(op, views)
        : new SoftmaxLoss(op, views);
  }

  /** The common part of the folded cross-entropies. */
  private abstract static class Loss implements Step {
    final Op.CrossEntropy op;
    final HostMatrix z; // [B, C]
    final HostMatrix y; // [B, K]
    final Weights weights;
    final @Nullable HostMatrix gradient; // [B, C], or null
    private final HostView loss;
    private final @Nullable HostView correct; // or null

    Loss(Op.CrossEntropy op, Function<Value, ? extends HostView> views) {
      this.op = op;
      this.z = new HostMatrix(views.apply(op.z()));
      this.y = new HostMatrix(views.apply(op.y()));
      this.weights =
          new Weights(viewOrNull(views, op.weight()), viewOrNull(views, op.count()), z.rows);
      this.gradient = op.dz() == null ? null : new HostMatrix(views.apply(op.dz()));
      this.loss = views.apply(op.loss());
      this.correct = viewOrNull(views, op.correct());
    }

    @Override
    public void run(Position position) {
      z.read();
      y.read();
      weights.read();
      loss.host().put(0, (float) loss());
      if (gradient != null) {
        gradient.write();
      }
      if (correct != null) {
        correct.host().put(0, (float) count());
      }
    }

    /** Returns the sum over the rows, and fills the gradient if requested. */
    abstract double loss();

    double count() {
      Op.Accuracy accuracy = Objects.requireNonNull(op.accuracy(), "counted with an accuracy");
      return RowSteps.count(accuracy, z, y, weights, 0);
    }
  }

  private static final class SoftmaxLoss extends Loss {
    private final Logits logits;
    private final boolean sparse;

    SoftmaxLoss(Op.CrossEntropy op, Function<Value, ? extends HostView> views) {
      super(op, views);
      this.logits = new Logits(z);
      this.sparse = op.kind() == Op.CrossEntropyKind.SOFTMAX_SPARSE;
    }

    @Override
    double loss() {
      logits.prepare();
      double total = 0;
      for (int row = 0; row < z.rows; row++) {
        total += sparse ? sparse(row) : dense(row);
      }
      return total;
    }

    @Override
    double count() {
      return op.accuracy() == Op.Accuracy.BINARY ? super.count() : logits.count(y, sparse, weights);
    }

    /** log sum_k exp(z_k) - z_t; dz = (p - [column is the target]) weight / count. */
    private double sparse(int row) {
      int start = row * z.columns;
      int target = index(y.floats[row], z.columns);
      if (gradient != null) {
        double share = weights.of(row) / weights.divisor();
        double scale = share / logits.sums[row];
        for (int i = start; i < start + z.columns; i++) {
          gradient.floats[i] = (float) (logits.powers[i] * scale);
        }
        if (target >= 0) {
          double p = logits.powers[start + target] / logits.sums[row];
          gradient.floats[start + target] = (float) ((p - 1) * share);
        }
      }
      return target < 0 ? 0 : weights.of(row) * (logits.logSum(row) - z.floats[start + target]);
    }

    /** sum_j y_j (log sum_k exp(z_k) - z_j); dz = (p - y) weight / count. */
    private double dense(int row) {
      double total = 0;
      double logSum = logits.logSum(row);
      double share = weights.of(row) / weights.divisor();
      double scale = 1 / logits.sums[row];
      for (int i = row * z.columns; i < (row + 1) * z.columns; i++) {
        float target = y.floats[i];
        if (target != 0) {
          total += weights.of(row) * target * (logSum - z.floats[i]);
        }
        if (gradient != null) {
          gradient.floats[i] = (float) ((logits.powers[i] * scale - target) * share);
        }
      }
      return total;
    }
  }

  /**
   * Returns the column of a label; -1 if there is no such column, and then the loss has no term for
   * it.
   */
  private static int index(float label, int columns) {
    return label >= 0 && label < columns && label == (int) label ? (int) label : -1;
  }

  private static final class SigmoidLoss extends Loss {
    private final double[] powers = new double[z.floats.length];
    private final Exponential exponential = new Exponential(powers.length);

    SigmoidLoss(Op.CrossEntropy op, Function<Value, ? extends HostView> views) {
      super(op, views);
    }

    @Override
    double loss() {
      for (int i = 0; i < powers.length; i++) {
        powers[i] = -Math.abs((double) z.floats[i]); // exp of a negative number cannot overflow
      }
      exponential.apply(powers, powers.length);
      double total = 0;
      for (int row = 0; row < z.rows; row++) {
        total += weights.of(row) * loss(row);
      }
      return total;
    }

    /** mean_j of max(z, 0) - z y + log(1 + exp(-|z|)). */
    private double loss(int row) {
      double loss = 0;
      for (int i = row * z.columns; i < (row + 1) * z.columns; i++) {
        double logit = z.floats[i];
        double target = y.floats[i];
        double power = powers[i];
        loss += Math.max(logit, 0) - logit * target + Math.log1p(power);
        if (gradient != null) {
          double p = (logit < 0 ? power : 1) / (1 + power);
          double share = (p - target) * weights.of(row);
          gradient.floats[i] = (float) (share / (weights.divisor() * z.columns));
        }
      }
      return loss / z.columns;
    }
  }

  /** Adds up the weights of the correct samples. */
  public static Step countCorrect(Op.CountCorrect op, Function<Value, ? extends HostView> views) {
    HostMatrix predictions = new HostMatrix(views.apply(op.scores()));
    HostMatrix targets = new HostMatrix(views.apply(op.y()));
    Weights weights = new Weights(viewOrNull(views, op.weight()), null, targets.rows);
    HostView correct = views.apply(op.correct());
    return position -> {
      weights.read();
      double right =
          count(op.accuracy(), predictions.read(), targets.read(), weights, op.threshold());
      correct.host().put(0, (float) right);
    };
  }

  private static double count(
      Op.Accuracy accuracy, HostMatrix scores, HostMatrix y, Weights weights, double threshold) {
    double count = 0;
    for (int row = 0; row < scores.rows; row++) {
      double weight = weights.of(row);
      switch (accuracy) {
        case SPARSE_CATEGORICAL -> count += scores.argmax(row) == y.floats[row] ? weight : 0;
        case CATEGORICAL -> count += scores.argmax(row) == y.argmax(row) ? weight : 0;
        case BINARY -> {
          for (int i = row * scores.columns; i < (row + 1) * scores.columns; i++) {
            double predicted = scores.floats[i] > threshold ? 1 : 0;
            count += predicted == y.floats[i] ? weight / scores.columns : 0;
          }
        }
      }
    }
    return count;
  }

  /** Sums or maximizes each row, each column or everything. */
  public static Step reduce(Op.Reduce op, Function<Value, ? extends HostView> views) {
    HostMatrix x = new HostMatrix(views.apply(op.x()));
    HostMatrix output = new HostMatrix(views.apply(op.output()));
    boolean sums = op.reduction() == Op.Reduction.SUM;
    double[] results = new double[output.floats.length];
    // Distance between the results of two neighbouring elements, and of two neighbouring rows.
    int acrossRow = op.isOverRows() ? 1 : 0;
    int acrossRows = op.isOverRows() ? -x.columns : results.length > 1 ? 1 : 0;
    return position -> {
      x.read();
      Arrays.fill(results, sums ? 0 : Double.NEGATIVE_INFINITY);
      for (int row = 0, i = 0, at = 0; row < x.rows; row++, at += acrossRows) {
        for (int column = 0; column < x.columns; column++, i++, at += acrossRow) {
          results[at] = sums ? results[at] + x.floats[i] : Math.max(results[at], x.floats[i]);
        }
      }
      for (int i = 0; i < results.length; i++) {
        output.floats[i] = (float) results[i];
      }
      output.write();
    };
  }

  /** Uniform random numbers from [0, 1), for one replica. */
  public static Step randomUniform(Op.RandomUniform op, HostView view, int replica) {
    HostMatrix output = new HostMatrix(view);
    Philox random = Philox.layer(0, op.stream(), 0);
    return position -> {
      long step = position.chunk().iteration() + position.step + 1;
      random.reset(position.chunk().seeds()[replica], step);
      for (int i = 0; i < output.floats.length; i++) {
        output.floats[i] = random.uniform(i);
      }
      output.write();
    };
  }
}
