package dev.sinter.compile;

import dev.sinter.metrics.Metric;
import dev.sinter.metrics.Weighted;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * A loss or a metric among the results of a step: sums over its samples, one after the other, and
 * the value that they make. Immutable: any number of threads may use it.
 *
 * @param name the key in histories and evaluations
 * @param width the number of sums
 * @param formula of the value
 */
public record Measure(String name, int width, Formula formula) {
  /** How sums become a value. */
  public interface Formula {
    /**
     * Returns the value.
     *
     * @param sums over all samples so far
     * @param samples their number
     */
    double value(double[] sums, long samples);
  }

  /**
   * Returns what a step appends to its results, in the order of {@link Objective#resultNames}.
   *
   * @param weighted whether the samples of the program have weights
   */
  public static List<Measure> of(List<Goal> goals, Graph graph, boolean weighted) {
    Iterator<String> names = Objective.resultNames(goals).iterator();
    List<Measure> measures = new ArrayList<>(List.of(loss(names.next())));
    for (int i = 0; i < goals.size(); i++) {
      int outputs = graph.endNodes().get(i).outputs().size();
      if (goals.size() > 1) {
        measures.add(loss(names.next()));
      }
      for (Metric metric : goals.get(i).metrics()) {
        measures.add(metric(names.next(), metric, outputs, weighted));
      }
    }
    return measures;
  }

  /** Returns a loss: the mean over samples. */
  private static Measure loss(String name) {
    return new Measure(name, 1, (sums, samples) -> sums[0] / samples);
  }

  private static Measure metric(String name, Metric metric, int outputs, boolean weighted) {
    int width = metric.width(outputs);
    return weighted && metric instanceof Weighted own
        ? new Measure(name, width + 1, (sums, samples) -> own.weightedValue(sums))
        : new Measure(name, width, metric::value);
  }
}
