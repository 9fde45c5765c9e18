package dev.sinter.backend.reference;

import dev.sinter.data.Tensor;
import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Expression;
import dev.sinter.program.Op;
import dev.sinter.program.Philox;
import dev.sinter.program.State;
import dev.sinter.program.UpdateRule;
import dev.sinter.program.Value;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Defines all operations except the losses: plain loops, double accumulation, one rounding to
 * float32 at the end.
 */
final class Kernels {
  private Kernels() {}

  /** x = source * scale + offset, in float32 as on every backend; y = labels; 0 for row -1. */
  static void gather(ReferenceSession.HostData data, int[] rows, Matrix x, @Nullable Matrix y) {
    for (int row = 0; row < rows.length; row++) {
      int source = rows[row];
      for (int column = 0; column < x.columns(); column++) {
        int element = source * x.columns() + column;
        x.set(row, column, source < 0 ? 0 : data.x().get(element) * data.scale() + data.offset());
      }
      for (int column = 0; y != null && column < y.columns(); column++) {
        y.set(row, column, source < 0 ? 0 : labels(data).get(source * y.columns() + column));
      }
    }
  }

  private static Tensor labels(ReferenceSession.HostData data) {
    return Objects.requireNonNull(data.y(), "labels");
  }

  /**
   * weight = weights (1 if there are none), 0 for row -1; count = the number of rows other than -1,
   * at least 1.
   */
  static void weigh(
      @Nullable Tensor weights, int[] rows, @Nullable Matrix weight, @Nullable Matrix count) {
    for (int row = 0; weight != null && row < rows.length; row++) {
      float given = weights == null || rows[row] < 0 ? 1 : weights.get(rows[row]);
      weight.set(row, 0, rows[row] < 0 ? 0 : given);
    }
    if (count != null) {
      count.set(0, 0, Math.max(1, Arrays.stream(rows).filter(row -> row >= 0).count()));
    }
  }

  /** output = uniform random numbers from [0, 1). */
  static void uniform(Philox random, Matrix output) {
    for (int element = 0; element < output.size(); element++) {
      output.set(element / output.columns(), element % output.columns(), random.uniform(element));
    }
  }

  /** a = f(x W + b). */
  static void dense(
      Matrix x,
      Matrix weights,
      @Nullable Matrix bias,
      ActivationFunction activation,
      Matrix output) {
    double[] sums = new double[weights.columns()]; // [U]
    for (int row = 0; row < x.rows(); row++) {
      for (int unit = 0; unit < sums.length; unit++) {
        sums[unit] = bias == null ? 0 : bias.get(0, unit);
      }
      for (int input = 0; input < x.columns(); input++) {
        double value = x.get(row, input);
        for (int unit = 0; unit < sums.length; unit++) {
          sums[unit] += value * weights.get(input, unit);
        }
      }
      for (int unit = 0; unit < sums.length; unit++) {
        output.set(row, unit, evaluate(activation.forward(), sums[unit]));
      }
    }
  }

  /** dW = x^T dz, db = column sums of dz. */
  static void denseGradWeights(Matrix x, Matrix dz, Matrix dWeights, @Nullable Matrix dBias) {
    double[] sums = new double[dz.columns()]; // [U]
    for (int input = 0; input < x.columns(); input++) {
      Arrays.fill(sums, 0);
      for (int row = 0; row < x.rows(); row++) {
        double value = x.get(row, input);
        for (int unit = 0; unit < sums.length; unit++) {
          sums[unit] += value * dz.get(row, unit);
        }
      }
      for (int unit = 0; unit < sums.length; unit++) {
        dWeights.set(input, unit, sums[unit]);
      }
    }
    if (dBias != null) {
      for (int unit = 0; unit < dz.columns(); unit++) {
        double sum = 0;
        for (int row = 0; row < dz.rows(); row++) {
          sum += dz.get(row, unit);
        }
        dBias.set(0, unit, sum);
      }
    }
  }

  /** dx = (dz W^T) * f'(a). */
  static void denseGradInput(
      Matrix dz, Matrix weights, ActivationFunction activation, @Nullable Matrix a, Matrix dx) {
    for (int row = 0; row < dx.rows(); row++) {
      for (int input = 0; input < dx.columns(); input++) {
        double sum = 0;
        for (int unit = 0; unit < dz.columns(); unit++) {
          sum += (double) dz.get(row, unit) * weights.get(input, unit);
        }
        double derivative = a == null ? 1 : evaluate(activation.derivative(), a.get(row, input));
        dx.set(row, input, sum * derivative);
      }
    }
  }

  /** output = expression(operands). */
  static void elementwise(Expression expression, Matrix[] operands, Matrix output) {
    double[] inputs = new double[operands.length];
    for (int row = 0; row < output.rows(); row++) {
      for (int column = 0; column < output.columns(); column++) {
        for (int i = 0; i < inputs.length; i++) {
          inputs[i] = operands[i].broadcast(row, column);
        }
        output.set(row, column, expression.evaluate(inputs, column, NO_SCALARS));
      }
    }
  }

  /** Sums or maximizes each row, each column or everything. */
  static void reduce(Op.Reduction reduction, Matrix x, Matrix output) {
    double[] results = new double[output.size()];
    Arrays.fill(results, reduction == Op.Reduction.SUM ? 0 : Double.NEGATIVE_INFINITY);
    for (int row = 0; row < x.rows(); row++) {
      for (int column = 0; column < x.columns(); column++) {
        int i = output.rows() > 1 ? row : output.columns() > 1 ? column : 0;
        double value = x.get(row, column);
        results[i] =
            reduction == Op.Reduction.SUM ? results[i] + value : Math.max(results[i], value);
      }
    }
    for (int i = 0; i < results.length; i++) {
      output.set(i / output.columns(), i % output.columns(), results[i]);
    }
  }

  /** Copies some columns of each row to other columns of another matrix. */
  static void copyColumns(Matrix source, int from, Matrix target, int to, int columns) {
    for (int row = 0; row < source.rows(); row++) {
      for (int column = 0; column < columns; column++) {
        target.set(row, to + column, source.get(row, from + column));
      }
    }
  }

  /** Updates one replica of every parameter. */
  static void update(
      UpdateRule rule, State layout, float[] state, int replica, double learningRate, long step) {
    double[] scalars = new double[rule.scalars().size()];
    for (int i = 0; i < scalars.length; i++) {
      scalars[i] = (float) rule.scalar(i, learningRate, step);
    }
    double[] inputs = new double[UpdateRule.FIRST_SLOT + rule.slots().size()];
    for (Value parameter : layout.parameters()) {
      int from = layout.offsetOf(parameter) + replica * parameter.shape().replicaStride();
      for (int element = from; element < from + parameter.shape().size(); element++) {
        for (int i = 0; i < inputs.length; i++) {
          inputs[i] = state[i * layout.regionSize() + element];
        }
        for (UpdateRule.Assignment assignment : rule.assignments()) {
          inputs[assignment.target()] = assignment.value().evaluate(inputs, 0, scalars);
        }
        for (int i = 0; i < inputs.length; i++) {
          state[i * layout.regionSize() + element] = (float) inputs[i];
        }
      }
    }
  }

  private static final double[] NO_SCALARS = {};

  /** Returns an activation or a derivative at one number. */
  static double evaluate(Expression expression, double input) {
    return expression instanceof Expression.Input
        ? input
        : expression.evaluate(new double[] {input}, 0, NO_SCALARS);
  }
}
