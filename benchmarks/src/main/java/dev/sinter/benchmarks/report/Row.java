package dev.sinter.benchmarks.report;

import dev.sinter.benchmarks.SinterTrainer;
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
 * @param unit JMH's unit; in {@code ops/s} an operation is one sample
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

  /** The optimizer's value for the recipe's own. */
  private static final String OWN = "default";

  /** What makes two rows the same measurement. */
  record Key(String benchmark, SortedMap<String, String> params, String unit) {}

  Key key() {
    return new Key(benchmark, params, unit);
  }

  /** Returns the key without some parameters: what rows that differ in them alone share. */
  Key keyWithout(String... names) {
    SortedMap<String, String> rest = new TreeMap<>(params);
    rest.keySet().removeAll(List.of(names));
    return new Key(benchmark, rest, unit);
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

  /** Returns the number in a parameter, or 0. */
  int number(String name) {
    return param(name).matches("[0-9]{1,9}") ? Integer.parseInt(param(name)) : 0;
  }

  /** Returns the optimizer if it is not the recipe's own, else an empty text. */
  String optimizer() {
    return param(OPTIMIZER).equals(OWN) ? "" : param(OPTIMIZER);
  }

  /** Returns the precision of the trainer's products: its name says it if it is not float32. */
  String precision() {
    return trainer().isEmpty() ? "" : SinterTrainer.of(trainer()).precision().toString();
  }

  /** Returns the benchmark without its secondary metric. */
  String primary() {
    return benchmark.split(":", 2)[0];
  }

  boolean isCeiling() {
    return benchmark.startsWith("ceiling.");
  }

  /** Returns whether this is a rate that can be drawn or compared. */
  boolean isSpeed() {
    return unit.equals(SPEED) && median() > 0 && Double.isFinite(median());
  }

  /** Returns what trainers compete in, such as "step.train, mnist-dense, adam". */
  String title() {
    return joined(benchmark, param(RECIPE), optimizer());
  }

  /** Returns what is printed while measuring. */
  String label() {
    String batch = param(BATCH).isEmpty() ? "" : "batch " + param(BATCH);
    String threads = param(THREADS).isEmpty() ? "" : "threads " + threads();
    return joined(title(), batch, threads, trainer());
  }

  /** Returns the number of threads; "auto" if the trainer chose. */
  String threads() {
    return param(THREADS).equals("0") ? "auto" : param(THREADS);
  }

  static String joined(String... parts) {
    return Stream.of(parts).filter(part -> !part.isEmpty()).collect(Collectors.joining(", "));
  }
}
