package dev.sinter.metrics;

import dev.sinter.program.Expression;
import dev.sinter.program.Op.Reduction;
import java.util.List;

/**
 * A metric that is a formula of several sums over the samples, such as counts of right and of wrong
 * answers. A record with expressions for the sums and a formula of their totals is a new metric, on
 * every backend. Immutable: any number of threads may use it.
 *
 * <p>Labels of one column beside several outputs are class indices, as for {@link Metric#ACCURACY};
 * y is then 1 in the column of the class and 0 in the others.
 *
 * <pre>
 * {@code record Specificity(String name) implements SummedMetric { // how many 0 are found
 *   public List<Sum> sums(int outputs) {
 *     Expression negative = input(1).equalTo(constant(0));
 *     return List.of(
 *         Sum.ofAll(constant(0.5).greater(input(0)).times(negative)), Sum.ofAll(negative));
 *   }
 *   public double value(double[] sums, double samples) { return sums[0] / sums[1]; }
 *   public boolean higherIsBetter() { return true; }
 * }}</pre>
 */
public non-sealed interface SummedMetric extends Metric {
  /**
   * A number of each sample: the reduction over its outputs of an expression.
   *
   * @param reduction over the outputs
   * @param element of Input 0 = p, Input 1 = y; Input 2 is the first number of the sample, and so
   *     on up to the one before this
   */
  record SampleValue(Reduction reduction, Expression element) {}

  /**
   * A sum over samples. Inputs of the element are as in {@link SampleValue}, with all numbers of
   * the sample.
   *
   * @param over what is added up
   * @param element what is added up, times the weight of the sample
   * @param bounds the number of sums that {@link Over#BOUNDS} makes, 1 for others
   */
  record Sum(Over over, Expression element, int bounds) {
    /** What a sum adds up. */
    public enum Over {
      /** Samples and outputs: one number. */
      ALL,
      /** Samples alone: one number, of an expression that reads Input 2 and up. */
      SAMPLES,
      /** Samples, for each output: as many numbers as there are outputs. */
      OUTPUTS,
      /**
       * Samples and outputs, once for each of several bounds, whose index from 0 is {@link
       * Expression.Column}; the expression reads Inputs 0 and 1.
       */
      BOUNDS
    }

    /** Returns a sum over samples and outputs. */
    public static Sum ofAll(Expression element) {
      return new Sum(Over.ALL, element, 1);
    }

    /** Returns a sum over samples. */
    public static Sum ofSamples(Expression element) {
      return new Sum(Over.SAMPLES, element, 1);
    }

    /** Returns a sum over samples for each output. */
    public static Sum ofOutputs(Expression element) {
      return new Sum(Over.OUTPUTS, element, 1);
    }

    /** Returns a sum over samples and outputs for each of several bounds. */
    public static Sum ofBounds(int bounds, Expression element) {
      return new Sum(Over.BOUNDS, element, bounds);
    }

    private int width(int outputs) {
      return over == Over.OUTPUTS ? outputs : bounds;
    }
  }

  /** Returns the numbers of a sample that later expressions read, in order; none by default. */
  default List<SampleValue> ofSamples(int outputs) {
    return List.of();
  }

  /** Returns the sums for a number of outputs, in the order in which {@link #value} gets them. */
  List<Sum> sums(int outputs);

  @Override
  default Metric weighted() {
    return new Weighted(name(), this);
  }

  @Override
  default int width(int outputs) {
    return sums(outputs).stream().mapToInt(sum -> sum.width(outputs)).sum();
  }

  /** Returns the value: by default the mean of the first sum, which is 0 of no weight. */
  @Override
  default double value(double[] sums, double samples) {
    return Counts.share(sums[0], samples);
  }
}
