package dev.sinter.benchmarks.report;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One measured quantity: a JMH entry's primary metric, one of its secondary metrics, or a time from
 * the start of a process.
 *
 * @param benchmark short name, such as {@code step.train}, or {@code ceiling.gemms:step} for a
 *     secondary metric
 * @param params JMH's parameters by name; empty if there were none
 * @param unit JMH's unit; samples/s for {@code ops/s} if an operation is one sample
 * @param samples one value an iteration, of all forks; empty if a goal was not reached
 * @param note what else is to be told; may be empty
 */
record Row(
    String benchmark,
    SortedMap<String, String> params,
    String unit,
    List<Double> samples,
    String note) {
  static final String SPEED = "samples/s";
  static final String TRAINER = "trainer";
  static final String RECIPE = "recipe";
  static final String BATCH = "batch";
  static final String THREADS = "threads";
  static final String OPTIMIZER = "optimizer";

  /** Returns the row with another parameter. */
  Row with(String name, String value) {
    SortedMap<String, String> more = new TreeMap<>(params);
    more.put(name, value);
    return new Row(benchmark, more, unit, samples, note);
  }

  double median() {
    return quantile(samples, 0.5);
  }

  /**
   * Returns a quantile, interpolated between the two nearest samples as NumPy's default does; not a
   * number without samples.
   */
  static double quantile(List<Double> samples, double share) {
    if (samples.isEmpty()) {
      return Double.NaN;
    }
    List<Double> sorted = samples.stream().sorted().toList();
    double place = share * (sorted.size() - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.size() - 1);
    return sorted.get(below) + (place - below) * (sorted.get(above) - sorted.get(below));
  }

  /** Returns a parameter, or an empty text if the row has none of that name. */
  String param(String name) {
    return params.getOrDefault(name, "");
  }

  String trainer() {
    return param(TRAINER);
  }

  /** Returns the batch size, or 0. */
  int batch() {
    return param(BATCH).matches("[0-9]{1,9}") ? Integer.parseInt(param(BATCH)) : 0;
  }

  /** Returns the optimizer if it is not the recipe's own, else an empty text. */
  String optimizer() {
    return param(OPTIMIZER).equals("default") ? "" : param(OPTIMIZER);
  }

  /** Returns the benchmark without its secondary metric. */
  String primary() {
    return benchmark.split(":", 2)[0];
  }

  boolean isCeiling() {
    return benchmark.startsWith("ceiling.");
  }

  /** Returns whether this is a trainer's speed at a batch size, which is drawn and compared. */
  boolean isSpeed() {
    return unit.equals(SPEED) && !isCeiling() && batch() > 0 && median() > 0;
  }

  /** Returns what trainers compete in, such as "step.train, mnist-dense, adam". */
  String title() {
    return joined(benchmark, param(RECIPE), optimizer());
  }

  static String joined(String... parts) {
    return Stream.of(parts).filter(part -> !part.isEmpty()).collect(Collectors.joining(", "));
  }
}
