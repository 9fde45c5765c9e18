package dev.sinter.metrics;

import static dev.sinter.program.Expression.constant;
import static dev.sinter.program.Expression.input;

import dev.sinter.program.Expression;
import dev.sinter.program.Expression.UnaryFunction;
import dev.sinter.program.Op.Reduction;
import java.util.List;

/**
 * The mean over samples of the cosine between outputs and labels, from -1 to 1. Immutable: any
 * number of threads may use it. Source: Keras, metrics/regression_metrics.py.
 *
 * @param name the key in histories and evaluations, default {@code cosine_similarity}
 */
public record CosineSimilarity(String name) implements SummedMetric {
  /** Creates the metric. */
  public CosineSimilarity() {
    this("cosine_similarity");
  }

  @Override
  public List<SampleValue> ofSamples(int outputs) {
    return List.of(
        new SampleValue(Reduction.SUM, input(0).times(input(1))),
        new SampleValue(Reduction.SUM, input(0).apply(UnaryFunction.SQUARE)),
        new SampleValue(Reduction.SUM, input(1).apply(UnaryFunction.SQUARE)));
  }

  @Override
  public List<Sum> sums(int outputs) {
    return List.of(Sum.ofSamples(input(2).over(length(3)).over(length(4))));
  }

  private static Expression length(int square) {
    return input(square).max(constant(1e-14)).apply(UnaryFunction.SQRT);
  }

  @Override
  public boolean higherIsBetter() {
    return true;
  }
}
