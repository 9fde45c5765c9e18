package dev.sinter.metrics;

import static dev.sinter.program.Expression.input;

import dev.sinter.program.Expression.UnaryFunction;
import java.util.Arrays;
import java.util.List;

/**
 * The root of the mean squared error over samples and outputs. Immutable: any number of threads may
 * use it. Source: Keras, metrics/regression_metrics.py.
 *
 * @param name the key in histories and evaluations, default {@code root_mean_squared_error}
 */
public record RootMeanSquaredError(String name) implements SummedMetric {
  /** Creates the metric. */
  public RootMeanSquaredError() {
    this("root_mean_squared_error");
  }

  @Override
  public List<Sum> sums(int outputs) {
    return List.of(Sum.ofOutputs(input(0).minus(input(1)).apply(UnaryFunction.SQUARE)));
  }

  @Override
  public double value(double[] sums, double samples) {
    return Math.sqrt(Counts.share(Arrays.stream(sums).sum(), samples * sums.length));
  }

  @Override
  public boolean higherIsBetter() {
    return false;
  }
}
