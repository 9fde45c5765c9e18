package dev.sinter;

import dev.sinter.compile.Measure;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the steps of a training or an evaluation append to the results, and its sums over a pass:
 * the sum of the samples' losses, then the sums of each metric.
 */
final class StepResults {
  private final List<Measure> measures;
  private final double[] sums;
  private long samples;

  StepResults(List<Measure> measures) {
    this.measures = measures;
    this.sums = new double[width(measures)];
  }

  /** Returns the number of floats of a step. */
  static int width(List<Measure> measures) {
    return measures.stream().mapToInt(Measure::width).sum();
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

  /** Takes on the results of another part of the same pass, or of all of them. */
  void replace(double[] otherSums, long otherSamples) {
    System.arraycopy(otherSums, 0, sums, 0, sums.length);
    samples = otherSamples;
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

  /** Returns the values by name; NaN before the first sample. */
  Map<String, Double> values() {
    Map<String, Double> values = new TreeMap<>();
    int from = 0;
    for (Measure measure : measures) {
      double[] own = Arrays.copyOfRange(sums, from, from + measure.width());
      double value = samples == 0 ? Double.NaN : measure.formula().value(own, samples);
      values.put(measure.name(), value);
      from += measure.width();
    }
    return values;
  }
}
