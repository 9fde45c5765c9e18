package dev.sinter.metrics;

import static dev.sinter.program.Expression.input;

import dev.sinter.program.Expression.UnaryFunction;
import java.util.List;

/**
 * The share of the labels' variance that the outputs explain, 1 - sum (y - p)^2 / sum (y - mean
 * y)^2, mean over the outputs: 1 where all are right, 0 for the mean of the labels, below 0 for
 * worse. An output whose labels are all equal counts as 0, or is NaN where it is right; so does one
 * whose labels deviate from their mean by less than a thousandth of it, as float32 sums cannot tell
 * them apart. Immutable: any number of threads may use it. Source: Keras,
 * metrics/regression_metrics.py.
 *
 * @param name the key in histories and evaluations, default {@code r2_score}
 */
public record R2Score(String name) implements SummedMetric {
  private static final double LEAST_SPREAD = 1e-6; // of the squares

  /** Creates the metric. */
  public R2Score() {
    this("r2_score");
  }

  @Override
  public List<Sum> sums(int outputs) {
    return List.of(
        Sum.ofOutputs(input(1)),
        Sum.ofOutputs(input(1).apply(UnaryFunction.SQUARE)),
        Sum.ofOutputs(input(0).minus(input(1)).apply(UnaryFunction.SQUARE)));
  }

  @Override
  public double value(double[] sums, double samples) {
    int outputs = sums.length / 3;
    double total = 0;
    for (int i = 0; i < outputs; i++) {
      double squares = sums[outputs + i];
      double variance = squares - sums[i] * sums[i] / samples;
      double errors = sums[2 * outputs + i];
      if (variance > LEAST_SPREAD * squares) {
        total += 1 - errors / variance;
      } else if (errors == 0) {
        return Double.NaN;
      }
    }
    return total / outputs;
  }

  @Override
  public boolean higherIsBetter() {
    return true;
  }
}
