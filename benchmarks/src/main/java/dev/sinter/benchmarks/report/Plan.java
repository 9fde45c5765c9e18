package dev.sinter.benchmarks.report;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sinter.benchmarks.SinterTrainer;
import dev.sinter.recipes.Recipe;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What is measured, in order, and about how long it takes.
 *
 * @param cold trainers whose time from the start of a process is taken
 * @param full every batch size and thread count with long iterations, or each recipe's own
 */
record Plan(List<Run> runs, List<String> cold, boolean full) {
  static final String COLD_RECIPE = "mnist-dense";

  /** Those who train without Sinter, in Java. */
  static final List<String> PEERS = List.of("dl4j", "djl");

  private static final String PACKAGE = "dev.sinter.benchmarks.";
  private static final String STEP = "StepBenchmark.train";
  private static final String EPOCH = "EpochBenchmark.fit";
  private static final String FORWARD = "InferenceBenchmark.forward";
  private static final String GEMMS = "CeilingBenchmark.gemms";
  private static final String REFERENCE = "reference";
  private static final int ITERATIONS = 5;

  /**
   * What the user chose.
   *
   * @param trainers Sinter's backends, and DL4J and DJL
   * @param recipes names
   * @param batches empty for the plan's own
   * @param threads empty for the plan's own
   */
  record Choice(
      List<String> trainers, List<String> recipes, List<Integer> batches, List<Integer> threads) {}

  /**
   * One start of JMH: one trainer, because its environment is read once; some benchmarks, with
   * every combination of some parameters.
   *
   * @param benchmarks class and method in dev.sinter.benchmarks, as in StepBenchmark.train
   * @param params the values of each of JMH's parameters except the trainer
   */
  record Run(
      String trainer, List<String> benchmarks, Map<String, List<String>> params, boolean full) {
    /** Returns the number of results that are expected. */
    int cells() {
      return benchmarks.size() * combinations().size();
    }

    /**
     * Returns about how long this takes: JMH's iterations; before them a fork's start, its data and
     * the proof that it learns. The reference backend takes long over a single call.
     */
    int estimateSeconds() {
      int iterations = warmups() + ITERATIONS * seconds(full);
      return cells()
          * ((isGpu(trainer) ? 8 : 4) + iterations * (trainer.equals(REFERENCE) ? 3 : 1));
    }

    private int warmups() {
      return full ? 3 : 1;
    }

    /** Returns runs of one batch size each: JMH writes nothing before its end. */
    List<Run> parts() {
      List<Run> parts = new ArrayList<>();
      for (String batch : params.get(Row.BATCH)) {
        Map<String, List<String>> one = new LinkedHashMap<>(params);
        one.put(Row.BATCH, List.of(batch));
        parts.add(new Run(trainer, benchmarks, one, full));
      }
      return parts;
    }

    /** Returns JMH's arguments, except those that name the file of the results. */
    List<String> arguments() {
      String names = (PACKAGE + "(" + String.join("|", benchmarks) + ")").replace(".", "\\.");
      List<String> arguments = new ArrayList<>(List.of("^" + names + "$"));
      arguments.addAll(List.of("-p", Row.TRAINER + "=" + trainer));
      params.forEach(
          (name, values) -> arguments.addAll(List.of("-p", name + "=" + String.join(",", values))));
      arguments.addAll(List.of("-f", "1", "-foe", "false", "-rf", "json"));
      arguments.addAll(List.of("-wi", "" + warmups(), "-w", "1s"));
      arguments.addAll(List.of("-i", "" + ITERATIONS, "-r", seconds(full) + "s"));
      return arguments;
    }

    /** Returns what is printed while this runs. */
    String label() {
      List<String> parts = new ArrayList<>();
      parts.add(benchmarks.stream().map(ResultFile::shortName).collect(Collectors.joining(", ")));
      params.forEach((name, values) -> parts.add(name + " " + String.join(", ", values)));
      parts.add(trainer);
      return String.join("; ", parts).replace(Row.RECIPE + " ", "");
    }

    /** Names what of this run JMH left out of its entries: it exits with 0 all the same. */
    List<String> missing(Iterable<JsonNode> entries) {
      List<String> missing = new ArrayList<>();
      for (String benchmark : benchmarks) {
        for (Map<String, String> combination : combinations()) {
          boolean found = false;
          for (JsonNode entry : entries) {
            JsonNode its = entry.path("params");
            found |=
                entry.path("benchmark").asText().equals(PACKAGE + benchmark)
                    && its.path(Row.TRAINER).asText().equals(trainer)
                    && combination.entrySet().stream()
                        .allMatch(p -> its.path(p.getKey()).asText().equals(p.getValue()));
          }
          if (!found) {
            missing.add(ResultFile.shortName(benchmark) + " " + combination + ", " + trainer);
          }
        }
      }
      return missing;
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

  /**
   * Plans. Quick: each recipe's own batch, as many threads as the trainer chooses, under three
   * minutes on 2 cores, under eight with a GPU; plain Java trains digits01 alone. Full: every batch
   * and thread count; plain Java has one thread, and whole epochs would take it hours; a GPU's
   * threads are its own.
   */
  static Plan of(Choice choice, boolean full, int cores) {
    List<Run> runs = new ArrayList<>();
    for (String recipe : choice.recipes) {
      for (String trainer : choice.trainers) {
        boolean plain = trainer.equals(REFERENCE);
        if (!plain || full || recipe.equals("digits01")) {
          List<Integer> threads = full ? powers(1, cores, cores) : List.of(0);
          threads = choice.threads.isEmpty() ? threads : choice.threads;
          threads = isGpu(trainer) ? List.of(0) : plain && full ? List.of(1) : threads;
          int largest = !full ? 0 : isGpu(trainer) ? 16384 : 4096;
          List<Integer> batches = powers(32, largest, Recipe.of(recipe).batchSize());
          batches = choice.batches.isEmpty() ? batches : choice.batches;
          Map<String, List<String>> params = new LinkedHashMap<>();
          params.put(Row.RECIPE, List.of(recipe));
          params.put(Row.BATCH, batches.stream().map(String::valueOf).toList());
          params.put(Row.THREADS, threads.stream().map(String::valueOf).toList());
          runs.addAll(
              runs(choice, new Run(trainer, benchmarks(trainer, recipe, full), params, full)));
        }
      }
    }
    List<String> cold = new ArrayList<>(choice.trainers);
    cold.removeIf(trainer -> PEERS.contains(trainer) || SinterTrainer.of(trainer).isVariant());
    return new Plan(runs, cold, full);
  }

  private static List<String> benchmarks(String trainer, String recipe, boolean full) {
    if (trainer.equals(REFERENCE)) {
      return full ? List.of(STEP, FORWARD) : List.of(STEP);
    } else if (SinterTrainer.of(trainer).isVariant()) {
      return full ? List.of(STEP, FORWARD, GEMMS) : List.of(STEP);
    } else if (!full && !recipe.equals(COLD_RECIPE)) {
      return List.of(STEP);
    }
    List<String> all = new ArrayList<>(List.of(STEP, EPOCH, "InferenceBenchmark.predict"));
    all.addAll(full ? List.of(FORWARD) : List.of());
    boolean gpu = isGpu(trainer);
    if (gpu || trainer.equals("onednn")) {
      all.addAll(full || gpu ? List.of(GEMMS) : List.of());
      all.addAll(full || !gpu ? List.of("CeilingBenchmark.largeGemms") : List.of());
      all.add("CeilingBenchmark.forwardGemms");
      all.addAll(full ? List.of("CeilingBenchmark.bandwidth") : List.of());
    }
    if (gpu) {
      all.addAll(List.of("CeilingBenchmark.deviceMemory", "CeilingBenchmark.replay"));
    }
    return all;
  }

  /**
   * DJL's engine has no RMSprop: where that is the recipe's optimizer, it trains with Adam and SGD,
   * and so does onednn beside it.
   */
  private static List<Run> runs(Choice choice, Run run) {
    String recipe = run.params.get(Row.RECIPE).get(0);
    if (!Recipe.of(recipe).optimizer().equals("rmsprop")) {
      return List.of(run);
    }
    Map<String, List<String>> params = new LinkedHashMap<>(run.params);
    params.put(Row.OPTIMIZER, List.of("adam", "sgd"));
    if (run.trainer.equals("djl")) {
      return List.of(new Run(run.trainer, run.benchmarks, params, run.full));
    }
    boolean beside = run.trainer.equals("onednn") && choice.trainers.contains("djl");
    return beside
        ? List.of(run, new Run(run.trainer, List.of(STEP, EPOCH), params, run.full))
        : List.of(run);
  }

  private static boolean isGpu(String trainer) {
    return SinterTrainer.of(trainer).isGpu();
  }

  /** Returns a number and the powers of two times another up to a limit, sorted. */
  private static List<Integer> powers(int from, int limit, int more) {
    TreeSet<Integer> numbers = new TreeSet<>(List.of(more));
    for (int number = from; number <= limit; number *= 2) {
      numbers.add(number);
    }
    return List.copyOf(numbers);
  }

  private static int seconds(boolean full) {
    return full ? 2 : 1;
  }

  /** Returns the recipes in order. */
  List<String> recipes() {
    return runs.stream().map(run -> run.params.get(Row.RECIPE).get(0)).distinct().toList();
  }

  /** Returns peers.py's arguments: the batches, optimizers and seconds of the others. */
  List<String> pythonArguments(String recipe) {
    return List.of(
        "--recipe=" + recipe,
        "--batch=" + values(recipe, Row.BATCH),
        "--optimizer=" + values(recipe, Row.OPTIMIZER),
        "--seconds=" + seconds(full),
        "--repeats=" + ITERATIONS);
  }

  /** Joins what a recipe's runs have for a parameter; "default" for a run without it. */
  private String values(String recipe, String param) {
    return runs.stream()
        .filter(run -> run.params.get(Row.RECIPE).contains(recipe))
        .flatMap(run -> run.params.getOrDefault(param, List.of("default")).stream())
        .distinct()
        .collect(Collectors.joining(","));
  }

  /** Returns how often the time to the first step is taken. */
  int firstSteps() {
    return full ? 5 : 3;
  }

  /** Returns how often the time to an accuracy is taken; plain Java takes minutes. */
  int accuracies(String trainer) {
    return trainer.equals(REFERENCE) ? (full ? 1 : 0) : full ? 3 : 1;
  }

  /** Returns about how long everything takes. */
  int estimateSeconds() {
    int seconds = runs.stream().mapToInt(Run::estimateSeconds).sum();
    for (String trainer : cold) {
      int training = trainer.equals(REFERENCE) ? 180 : 6;
      seconds += 2 * (firstSteps() + 1) + accuracies(trainer) * training;
    }
    return seconds;
  }

  /** Lists the runs and the estimate. */
  @Override
  public String toString() {
    String lines =
        runs.stream()
            .map(run -> line(run.cells(), run.estimateSeconds(), ": " + run.label()))
            .collect(Collectors.joining());
    int cells = runs.stream().mapToInt(Run::cells).sum();
    String who = cold.isEmpty() ? "none" : String.join(", ", cold);
    return lines
        + "from the start of a process, %s: %s%n".formatted(COLD_RECIPE, who)
        + line(cells, estimateSeconds(), " in all");
  }

  private static String line(int cells, int seconds, String what) {
    return "%4d results, about %s%s%n".formatted(cells, time(seconds), what);
  }

  static String time(int seconds) {
    int minutes = Math.round(seconds / 60f);
    return seconds < 100
        ? seconds + " s"
        : minutes < 100
            ? minutes + " min"
            : String.format(Locale.ROOT, "%d h %02d min", minutes / 60, minutes % 60);
  }
}
