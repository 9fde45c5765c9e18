package dev.sinter.metrics;

import dev.sinter.losses.ElementwiseLoss;
import dev.sinter.losses.Loss;
import dev.sinter.program.Expression;

/** A loss as a metric, with Keras's name. */
record NamedMetric(String name, Expression element, boolean isSummed) implements ElementwiseMetric {
  static Metric of(Loss loss) {
    return of(loss.name(), loss);
  }

  static Metric of(String name, Loss loss) {
    ElementwiseLoss formula = (ElementwiseLoss) loss;
    return new NamedMetric(name, formula.element(), formula.isSummed());
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
