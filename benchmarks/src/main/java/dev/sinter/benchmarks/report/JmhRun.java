package dev.sinter.benchmarks.report;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sinter.benchmarks.SinterTrainer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One start of JMH: one trainer, because its environment is read once; some benchmarks, with every
 * combination of some parameters.
 *
 * @param benchmarks class and method in dev.sinter.benchmarks, as in StepBenchmark.train
 * @param params the values of each of JMH's parameters but the trainer
 */
record JmhRun(
    String trainer, List<String> benchmarks, Map<String, List<String>> params, Effort effort) {
  private static final String PACKAGE = "dev.sinter.benchmarks.";

  /**
   * A fork's start, its data and the proof that it learns, before JMH's iterations: an estimate.
   */
  private static final int FORK_SECONDS = 4;

  /** With a GPU's context, its kernels read or compiled, its products timed. */
  private static final int GPU_FORK_SECONDS = 8;

  /** JMH's iterations of one cell. */
  record Effort(int warmups, int warmupSeconds, int iterations, int iterationSeconds) {
    int seconds() {
      return warmups * warmupSeconds + iterations * iterationSeconds;
    }
  }

  /** Returns the number of results that are expected. */
  int cells() {
    return combinations().size() * benchmarks.size();
  }

  /** Returns about how long this takes. The reference backend takes long over a single call. */
  int estimateSeconds() {
    int fork = SinterTrainer.of(trainer).isGpu() ? GPU_FORK_SECONDS : FORK_SECONDS;
    return cells() * (fork + effort.seconds() * (trainer.equals("reference") ? 3 : 1));
  }

  /** Returns runs of one batch size each: JMH writes nothing before its end. */
  List<JmhRun> parts() {
    List<JmhRun> parts = new ArrayList<>();
    for (String batch : params.get(Row.BATCH)) {
      Map<String, List<String>> one = new LinkedHashMap<>(params);
      one.put(Row.BATCH, List.of(batch));
      parts.add(new JmhRun(trainer, benchmarks, one, effort));
    }
    return parts;
  }

  /** Returns JMH's arguments, but for those that name the file of the results. */
  List<String> arguments() {
    List<String> arguments = new ArrayList<>();
    String names = String.join("|", benchmarks);
    arguments.add("^" + (PACKAGE + "(" + names + ")").replace(".", "\\.") + "$");
    arguments.addAll(List.of("-p", Row.TRAINER + "=" + trainer));
    params.forEach(
        (name, values) -> arguments.addAll(List.of("-p", name + "=" + String.join(",", values))));
    arguments.addAll(List.of("-f", "1", "-foe", "false", "-rf", "json"));
    arguments.addAll(List.of("-wi", "" + effort.warmups, "-w", effort.warmupSeconds + "s"));
    arguments.addAll(List.of("-i", "" + effort.iterations, "-r", effort.iterationSeconds + "s"));
    return arguments;
  }

  /** Returns what is printed while this runs. */
  String label() {
    List<String> parts = new ArrayList<>();
    parts.add(String.join(", ", benchmarks.stream().map(name -> Row.shortName(name)).toList()));
    params.forEach(
        (name, values) ->
            parts.add((name.equals(Row.RECIPE) ? "" : name + " ") + String.join(", ", values)));
    parts.add(trainer);
    return String.join("; ", parts);
  }

  /**
   * Names what of this run is not among JMH's entries. JMH leaves out what failed, and exits with
   * 0.
   */
  List<String> missing(Iterable<JsonNode> entries) {
    List<String> missing = new ArrayList<>();
    for (String benchmark : benchmarks) {
      for (Map<String, String> combination : combinations()) {
        Map<String, String> all = new LinkedHashMap<>(combination);
        all.put(Row.TRAINER, trainer);
        if (!contains(entries, PACKAGE + benchmark, all)) {
          missing.add(Row.shortName(benchmark) + " " + combination + ", " + trainer);
        }
      }
    }
    return missing;
  }

  private static boolean contains(
      Iterable<JsonNode> entries, String benchmark, Map<String, String> combination) {
    for (JsonNode entry : entries) {
      JsonNode params = entry.path("params");
      boolean same =
          combination.entrySet().stream()
              .allMatch(
                  param ->
                      !params.has(param.getKey())
                          || params.path(param.getKey()).asText().equals(param.getValue()));
      if (entry.path("benchmark").asText().equals(benchmark) && same) {
        return true;
      }
    }
    return false;
  }

  private List<Map<String, String>> combinations() {
    List<Map<String, String>> all = List.of(Map.of());
    for (Map.Entry<String, List<String>> param : params.entrySet()) {
      List<Map<String, String>> longer = new ArrayList<>();
      for (Map<String, String> combination : all) {
        for (String value : param.getValue()) {
          Map<String, String> more = new LinkedHashMap<>(combination);
          more.put(param.getKey(), value);
          longer.add(more);
        }
      }
      all = longer;
    }
    return all;
  }
}
