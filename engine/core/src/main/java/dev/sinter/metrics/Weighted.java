package dev.sinter.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A metric that counts a sample as often as its weight says; without weights, the metric itself.
 * Made by {@link Metric#weighted}. Immutable: any number of threads may use it.
 *
 * @param name the key in histories and evaluations
 * @param metric that is weighted
 */
public record Weighted(String name, Metric metric) implements Metric {
  /**
   * Returns metrics with names of their own: a weighted one whose name another metric has is named
   * as Keras does, {@code weighted_accuracy}.
   */
  public static List<Metric> distinct(List<Metric> metrics) {
    List<Metric> named = new ArrayList<>();
    for (Metric metric : metrics) {
      boolean taken =
          metric instanceof Weighted
              && metrics.stream().anyMatch(m -> m != metric && metric.name().equals(m.name()));
      String name = "weighted_" + metric.name();
      named.add(taken ? new Weighted(name, ((Weighted) metric).metric) : metric);
    }
    return named;
  }

  @Override
  public boolean higherIsBetter() {
    return metric.higherIsBetter();
  }

  @Override
  public Metric weighted() {
    return this;
  }

  @Override
  public int width(int outputs) {
    return metric.width(outputs);
  }

  @Override
  public double value(double[] sums, double samples) {
    return metric.value(sums, samples);
  }

  /** Returns the value from sums of which the last is that of the weights. */
  public double weightedValue(double[] sums) {
    double weights = sums[sums.length - 1];
    return metric.value(Arrays.copyOf(sums, sums.length - 1), weights);
  }

  @Override
  public String toString() {
    return name;
  }
}
