package dev.sinter.benchmarks.report;

import java.util.List;

/**
 * Median and spread of what was measured.
 *
 * <p>Quantiles are interpolated linearly between the two nearest samples, as NumPy's default does.
 *
 * @param count number of samples
 */
record Spread(
    double median, double lowerQuartile, double upperQuartile, double min, double max, int count) {

  /** Sums up at least one sample, in any order. */
  static Spread of(List<Double> samples) {
    double[] sorted = samples.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    return new Spread(
        quantile(sorted, 0.5),
        quantile(sorted, 0.25),
        quantile(sorted, 0.75),
        sorted[0],
        sorted[sorted.length - 1],
        sorted.length);
  }

  private static double quantile(double[] sorted, double share) {
    double place = share * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }
}
