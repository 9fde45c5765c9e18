package dev.sinter;

import dev.sinter.metrics.Metric;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the steps of a training or an evaluation append to the results, and its sums over a pass:
 * the sum of the samples' losses, then one sum a metric.
 */
final class StepResults {
  private final List<Metric> metrics;
  private final double[] sums; // loss, then a sum a metric
  private long samples;

  StepResults(List<Metric> metrics) {
    this.metrics = metrics;
    this.sums = new double[1 + metrics.size()];
  }

  /** Returns the loss of a step, summed over its samples. */
  float loss(float[] results, int step) {
    return results[step * sums.length];
  }

  /** Adds the results of the first steps, which were made of the given number of samples. */
  void add(float[] results, int steps, long stepSamples) {
    for (int step = 0; step < steps; step++) {
      for (int i = 0; i < sums.length; i++) {
        sums[i] += results[step * sums.length + i];
      }
    }
    samples += stepSamples;
  }

  /** Returns the sums so far. */
  List<Double> sums() {
    return Arrays.stream(sums).boxed().toList();
  }

  /** Goes on from sums over so many samples. */
  void restore(List<Double> earlier, long earlierSamples) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] = earlier.get(i);
    }
    samples = earlierSamples;
  }

  /** Returns the number of samples added. */
  long samples() {
    return samples;
  }

  /** Returns the means by name. */
  Map<String, Double> means() {
    Map<String, Double> means = new TreeMap<>();
    means.put("loss", sums[0] / samples);
    for (int i = 0; i < metrics.size(); i++) {
      means.put(metrics.get(i).name(), sums[i + 1] / samples);
    }
    return means;
  }
}
