package dev.sinter.metrics;

import static dev.sinter.program.Expression.constant;
import static dev.sinter.program.Expression.input;

import dev.sinter.errors.InputException;
import dev.sinter.program.Expression;
import dev.sinter.program.Expression.UnaryFunction;
import dev.sinter.program.Op.Reduction;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The harmonic mean of precision and recall, 2 P R / (P + R), averaged over the outputs. Immutable:
 * any number of threads may use it. Source: Keras, metrics/f_score_metrics.py, whose default
 * average, none, is a number for each output; here it is {@link Average#MACRO}.
 *
 * @param name the key in histories and evaluations, default {@code f1_score}
 * @param average over outputs, default {@link Average#MACRO}
 * @param threshold an output above it means 1, above 0 and at most 1; null, the default, where the
 *     largest output of a sample means 1: then a single output is above 0.5
 */
public record F1Score(String name, Average average, @Nullable Double threshold)
    implements SummedMetric {
  private static final double EPSILON = 1e-7;

  /** How the scores of the outputs become one. */
  public enum Average {
    /** Counts of all outputs together make one score. */
    MICRO,
    /** The mean of the outputs' scores. */
    MACRO,
    /** The mean of the outputs' scores, each weighted by the number of its labels that are 1. */
    WEIGHTED
  }

  public F1Score {
    Objects.requireNonNull(average, "average");
    if (threshold != null && !(threshold > 0 && threshold <= 1)) {
      throw InputException.of(
          "metric " + name + ", threshold", "a number above 0, at most 1", threshold, "Correct it");
    }
  }

  /** Creates the metric with the mean over outputs, and the largest output or 0.5 as bound. */
  public F1Score() {
    this("f1_score", Average.MACRO, null);
  }

  /** Returns this metric under another name. */
  public F1Score name(String value) {
    return new F1Score(value, average, threshold);
  }

  /** Returns this metric with another average. */
  public F1Score average(Average value) {
    return new F1Score(name, value, threshold);
  }

  /** Returns this metric with a threshold. */
  public F1Score threshold(double value) {
    return new F1Score(name, average, value);
  }

  /** Returns a metric with the threshold that it has for a number of outputs. */
  public static Metric explicit(Metric metric, int outputs) {
    if (metric instanceof Weighted weighted) {
      return new Weighted(weighted.name(), explicit(weighted.metric(), outputs));
    }
    return metric instanceof F1Score f1 && f1.threshold == null && outputs == 1
        ? f1.threshold(0.5)
        : metric;
  }

  private boolean takesLargest(int outputs) {
    return threshold == null && outputs > 1;
  }

  @Override
  public List<SampleValue> ofSamples(int outputs) {
    return takesLargest(outputs)
        ? List.of(new SampleValue(Reduction.MAXIMUM, input(0)))
        : List.of();
  }

  @Override
  public List<Sum> sums(int outputs) {
    Expression positive = Counts.above(threshold == null ? 0.5 : threshold);
    if (takesLargest(outputs)) {
      Expression size = input(0).max(input(0).apply(UnaryFunction.NEGATE));
      positive = input(0).equalTo(input(2)).times(size.greater(constant(1e-9)));
    }
    Expression negative = constant(1).minus(positive);
    return List.of(
        sum(positive.times(input(1))),
        sum(positive.times(constant(1).minus(input(1)))),
        sum(negative.times(input(1))));
  }

  private Sum sum(Expression element) {
    return average == Average.MICRO ? Sum.ofAll(element) : Sum.ofOutputs(element);
  }

  @Override
  public double value(double[] sums, double samples) {
    int outputs = sums.length / 3;
    double total = 0;
    double weights = 0;
    for (int i = 0; i < outputs; i++) {
      double right = sums[i];
      double support = right + sums[2 * outputs + i];
      double precision = right / (right + sums[outputs + i] + EPSILON);
      double recall = right / (support + EPSILON);
      double weight = average == Average.WEIGHTED ? support : 1;
      total += weight * 2 * precision * recall / (precision + recall + EPSILON);
      weights += weight;
    }
    return total / (average == Average.WEIGHTED ? weights + EPSILON : outputs);
  }

  @Override
  public boolean higherIsBetter() {
    return true;
  }
}
