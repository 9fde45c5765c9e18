package dev.sinter.metrics;

import dev.sinter.program.Expression;

/**
 * A metric that is a mean, or a sum, over the outputs of a sample. A record with a name and an
 * expression is a new metric, on every backend. Immutable: any number of threads may use it.
 *
 * <pre>
 * {@code record SureAndRight(String name) implements ElementwiseMetric { // p above 0.9 where y is 1
 *   public Expression element() { return input(0).greater(constant(0.9)).times(input(1)); }
 *   public boolean higherIsBetter() { return true; }
 * }}</pre>
 */
public non-sealed interface ElementwiseMetric extends Metric {
  /** Returns what one output adds: an expression of Input 0 = p, the output, and Input 1 = y. */
  Expression element();

  /** Returns whether a sample's value is the sum over its outputs; by default it is their mean. */
  default boolean isSummed() {
    return false;
  }

  /**
   * Returns how many label columns belong to so many outputs: one each by default. The only other
   * number is 1: then y is that label in every column, and an expression that needs the class's own
   * compares it with {@link Expression.Column}.
   */
  default int labelColumns(int outputs) {
    return outputs;
  }

  @Override
  default Metric weighted() {
    return new Weighted(name(), this);
  }

  @Override
  default int width(int outputs) {
    return 1;
  }

  /** Returns the mean, which is 0 of no weight. */
  @Override
  default double value(double[] sums, double samples) {
    return Counts.share(sums[0], samples);
  }
}
