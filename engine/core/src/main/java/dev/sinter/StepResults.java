package dev.sinter;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the steps of a training or an evaluation append to the results, and its sums over a pass:
 * the sum of the samples' losses, then one sum for each further name.
 */
final class StepResults {
  private final List<String> names;
  private final double[] sums; // by name
  private long samples;

  /**
   * Creates empty sums.
   *
   * @param names see {@link dev.sinter.compile.Objective#resultNames}
   */
  StepResults(List<String> names) {
    this.names = names;
    this.sums = new double[names.size()];
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
    for (int i = 0; i < sums.length; i++) {
      means.put(names.get(i), sums[i] / samples);
    }
    return means;
  }
}
