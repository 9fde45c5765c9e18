package dev.sinter.metrics;

import static dev.sinter.program.Expression.input;

import dev.sinter.program.Expression;
import dev.sinter.program.Expression.UnaryFunction;

/** An error that has a name, Keras's. */
record NamedMetric(String name, Expression element) implements ElementwiseMetric {
  static Metric meanSquaredError() {
    return new NamedMetric(
        "mean_squared_error", input(0).minus(input(1)).apply(UnaryFunction.SQUARE));
  }

  static Metric meanAbsoluteError() {
    return new NamedMetric(
        "mean_absolute_error", input(0).max(input(1)).minus(input(0).min(input(1))));
  }

  @Override
  public boolean higherIsBetter() {
    return false;
  }

  @Override
  public String toString() {
    return name;
  }
}
