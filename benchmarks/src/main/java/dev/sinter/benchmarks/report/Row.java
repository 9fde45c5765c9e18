package dev.sinter.benchmarks.report;

import dev.sinter.benchmarks.SinterTrainer;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One measured quantity: a JMH entry's primary metric, or one of its secondary metrics.
 *
 * @param benchmark short name, such as {@code step.train}, or {@code ceiling.gemms:step} for a
 *     secondary metric
 * @param params JMH's parameters by name; empty where there were none
 * @param unit JMH's unit; in {@code ops/s} an operation is one sample
 * @param samples one value an iteration, of all forks; at least one
 */
record Row(String benchmark, SortedMap<String, String> params, String unit, List<Double> samples) {
  /** The unit of samples per second. */
  static final String SPEED = "ops/s";

  /** The unit of memory bandwidth. */
  static final String BANDWIDTH = "bytes/s";

  /** The unit of a graph's replays. */
  static final String REPLAYS = "graphs/s";

  /** The optimizer parameter's value for the recipe's own. */
  static final String OWN_OPTIMIZER = "default";

  static final String TRAINER = "trainer";
  static final String RECIPE = "recipe";
  static final String BATCH = "batch";
  static final String THREADS = "threads";
  static final String OPTIMIZER = "optimizer";

  /** peers.py names the unit in full; JMH cannot. */
  Row {
    unit = unit.equals("samples/s") ? SPEED : unit;
  }

  /** What makes two rows the same measurement; printed where a row must be named. */
  record Key(String benchmark, SortedMap<String, String> params, String unit) {
    @Override
    public String toString() {
      return benchmark + " " + params;
    }
  }

  /** Returns what JMH's operations a second are: it calls whatever is counted an operation. */
  static String unitOf(String benchmark) {
    return switch (benchmark.split(":", 2)[0]) {
      case "ceiling.bandwidth", "ceiling.deviceMemory" -> BANDWIDTH;
      case "ceiling.replay" -> REPLAYS;
      default -> SPEED;
    };
  }

  Key key() {
    return new Key(benchmark, params, unit);
  }

  Spread spread() {
    return Spread.of(samples);
  }

  boolean isSpeed() {
    return unit.equals(SPEED);
  }

  /** Returns a parameter, or an empty text where the entry has none of that name. */
  String param(String name) {
    return params.getOrDefault(name, "");
  }

  /** Returns the batch size, or 0 where it is missing or no number. */
  int batch() {
    return number(param(BATCH));
  }

  /** Returns the number in a text, or 0. */
  static int number(String text) {
    return text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : 0;
  }

  /**
   * Returns the key without some parameters: what rows that differ in them alone have in common.
   */
  Key keyWithout(String... names) {
    SortedMap<String, String> rest = new TreeMap<>(params);
    rest.keySet().removeAll(List.of(names));
    return new Key(benchmark, rest, unit);
  }

  /**
   * Shortens a benchmark's name: {@code dev.sinter.benchmarks.StepBenchmark.train} to {@code
   * step.train}.
   */
  static String shortName(String fullName) {
    String[] parts = fullName.split("\\.");
    String method = parts[parts.length - 1];
    if (parts.length < 2) {
      return method;
    }
    String type = parts[parts.length - 2].replaceFirst("Benchmark$", "");
    String name =
        type.isEmpty() ? method : Character.toLowerCase(type.charAt(0)) + type.substring(1);
    return name.equalsIgnoreCase(method) ? name : name + "." + method;
  }

  /** Returns the precision of the trainer's products: its name says it where it is not float32. */
  String precision() {
    return param(TRAINER).isEmpty() ? "" : SinterTrainer.of(param(TRAINER)).precision().toString();
  }

  /** Returns whether the trainer is on a GPU. */
  boolean isGpu() {
    return SinterTrainer.of(param(TRAINER)).isGpu();
  }

  /** Returns what is printed while measuring. */
  String label() {
    String threads =
        param(THREADS).isEmpty() ? "" : "threads " + param(THREADS).replaceAll("^0$", "auto");
    String batch = param(BATCH).isEmpty() ? "" : "batch " + param(BATCH);
    return Stream.of(benchmark, param(RECIPE), batch, threads, param(OPTIMIZER), param(TRAINER))
        .filter(part -> !part.isEmpty() && !part.equals(OWN_OPTIMIZER))
        .collect(Collectors.joining(", "));
  }

  /** Returns the benchmark without its secondary metric. */
  String primary() {
    return benchmark.split(":", 2)[0];
  }

  /** Returns the secondary metric, or an empty text. */
  String metric() {
    return benchmark.substring(Math.min(benchmark.length(), primary().length() + 1));
  }

  /** Returns whether this is a ceiling, or what was measured in turns with one. */
  boolean isCeiling() {
    return benchmark.startsWith("ceiling.");
  }
}
