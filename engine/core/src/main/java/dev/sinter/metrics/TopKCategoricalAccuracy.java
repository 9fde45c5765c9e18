package dev.sinter.metrics;

import static dev.sinter.program.Expression.constant;
import static dev.sinter.program.Expression.input;

import dev.sinter.errors.InputException;
import dev.sinter.program.Expression;
import dev.sinter.program.Op.Reduction;
import java.util.List;

/**
 * The share of samples whose right class is among the k classes with the largest outputs; a tie
 * counts as right. Labels are class indices or one-hot rows. Immutable: any number of threads may
 * use it. Source: Keras, metrics/accuracy_metrics.py, where class indices need {@code
 * SparseTopKCategoricalAccuracy}.
 *
 * @param name the key in histories and evaluations, default {@code top_k_categorical_accuracy}
 * @param k at least 1, default 5
 */
public record TopKCategoricalAccuracy(String name, int k) implements SummedMetric {
  public TopKCategoricalAccuracy {
    if (k < 1) {
      throw InputException.of("metric " + name + ", k", "at least 1", k, "Use more");
    }
  }

  /** Creates the metric. */
  public TopKCategoricalAccuracy(int k) {
    this("top_k_categorical_accuracy", k);
  }

  /** Returns this metric under another name. */
  public TopKCategoricalAccuracy name(String value) {
    return new TopKCategoricalAccuracy(value, k);
  }

  /** The largest label, the output of its class, how many outputs are larger. */
  @Override
  public List<SampleValue> ofSamples(int outputs) {
    Expression right =
        new Expression.Select(input(1).equalTo(input(2)), input(0), constant(-Float.MAX_VALUE));
    return List.of(
        new SampleValue(Reduction.MAXIMUM, input(1)),
        new SampleValue(Reduction.MAXIMUM, right),
        new SampleValue(Reduction.SUM, input(0).greater(input(3))));
  }

  @Override
  public List<Sum> sums(int outputs) {
    return List.of(Sum.ofSamples(constant(k).greater(input(4))));
  }

  @Override
  public boolean higherIsBetter() {
    return true;
  }
}
