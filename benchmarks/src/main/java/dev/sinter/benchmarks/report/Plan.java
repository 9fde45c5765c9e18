package dev.sinter.benchmarks.report;

import dev.sinter.bench.Machine;
import dev.sinter.benchmarks.SinterTrainer;
import dev.sinter.recipes.Recipe;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What is measured, in order.
 *
 * @param cold trainers whose time from the start of a process is taken
 * @param full every batch size and thread count with long iterations, or each recipe's own
 */
record Plan(List<Run> runs, List<String> cold, boolean full) {
  private static final String REFERENCE = "reference";

  /** Those who train without Sinter, in Java. */
  static final List<String> PEERS = List.of("dl4j", "djl");

  private static final String STEP = "StepBenchmark.train";
  private static final String EPOCH = "EpochBenchmark.fit";
  private static final String FORWARD = "InferenceBenchmark.forward";
  private static final String GEMMS = "CeilingBenchmark.gemms";
  private static final int ITERATIONS = 5;

  /**
   * One start of JMH: one trainer, because its environment is read once; one batch size, because
   * JMH writes nothing before its end.
   *
   * @param benchmarks class and method in dev.sinter.benchmarks, as in StepBenchmark.train
   * @param params the values of each of JMH's parameters except the trainer, separated by commas
   */
  record Run(String trainer, List<String> benchmarks, Map<String, String> params) {
    /** Returns the number of results that are expected. */
    int results() {
      int results = benchmarks.size();
      for (String values : params.values()) {
        results *= values.split(",").length;
      }
      return results;
    }

    /** Returns what is printed while this runs. */
    String label() {
      String names =
          benchmarks.stream().map(ResultFile::shortName).collect(Collectors.joining(" "));
      return trainer + " " + params + " " + names;
    }
  }

  /**
   * Plans. Quick: each recipe's own batch, as many threads as the trainer chooses; plain Java
   * trains digits01 alone. Full: every batch and thread count; plain Java has one thread, and whole
   * epochs would take it hours; a GPU's threads are its own.
   *
   * @param trainers Sinter's backends, and DL4J and DJL
   * @param batches empty for the plan's own
   * @param threads empty for the plan's own
   */
  static Plan of(
      List<String> trainers,
      List<String> recipes,
      List<Integer> batches,
      List<Integer> threads,
      boolean full) {
    List<Run> runs = new ArrayList<>();
    for (String recipe : recipes) {
      for (String trainer : trainers) {
        boolean gpu = SinterTrainer.of(trainer).isGpu();
        int largest = !full ? 0 : gpu ? 16384 : 4096;
        int own = Recipe.of(recipe).batchSize();
        for (int batch : batches.isEmpty() ? powers(32, largest, own) : batches) {
          Map<String, String> params = new LinkedHashMap<>();
          params.put(Row.RECIPE, recipe);
          params.put(Row.BATCH, "" + batch);
          params.put(Row.THREADS, threads(trainer, threads, full));
          if (full || !trainer.equals(REFERENCE) || recipe.equals("digits01")) {
            add(new Run(trainer, benchmarks(trainer, recipe, full), params), trainers, runs);
          }
        }
      }
    }
    List<String> cold = new ArrayList<>(trainers);
    cold.removeIf(trainer -> PEERS.contains(trainer) || SinterTrainer.of(trainer).isVariant());
    return new Plan(runs, cold, full);
  }

  private static String threads(String trainer, List<Integer> chosen, boolean full) {
    if (SinterTrainer.of(trainer).isGpu()) {
      return "0";
    } else if (trainer.equals(REFERENCE)) {
      return full ? "1" : "0";
    }
    int cores = Machine.cores();
    List<Integer> own = full ? powers(1, cores, cores) : List.of(0);
    return (chosen.isEmpty() ? own : chosen)
        .stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  /** Returns a number and the powers of two times another up to a limit, sorted. */
  private static List<Integer> powers(int from, int limit, int more) {
    TreeSet<Integer> numbers = new TreeSet<>(List.of(more));
    for (int number = from; number <= limit; number *= 2) {
      numbers.add(number);
    }
    return List.copyOf(numbers);
  }

  private static List<String> benchmarks(String trainer, String recipe, boolean full) {
    SinterTrainer sinter = SinterTrainer.of(trainer);
    if (!full && (sinter.isVariant() || !recipe.equals(ColdStart.RECIPE))) {
      return List.of(STEP);
    } else if (trainer.equals(REFERENCE) || sinter.isVariant()) {
      return sinter.isVariant() ? List.of(STEP, FORWARD, GEMMS) : List.of(STEP, FORWARD);
    }
    List<String> all = new ArrayList<>(List.of(STEP, EPOCH, "InferenceBenchmark.predict"));
    all.addAll(full ? List.of(FORWARD) : List.of());
    if (sinter.isGpu() || trainer.equals("onednn")) {
      all.addAll(List.of(GEMMS, "CeilingBenchmark.forwardGemms"));
      all.addAll(
          full ? List.of("CeilingBenchmark.largeGemms", "CeilingBenchmark.bandwidth") : List.of());
    }
    if (sinter.isGpu()) {
      all.addAll(List.of("CeilingBenchmark.deviceMemory", "CeilingBenchmark.replay"));
    }
    return all;
  }

  /**
   * DJL's engine has no RMSprop: where that is the recipe's optimizer, it trains with Adam and SGD,
   * and so does onednn beside it.
   */
  private static void add(Run run, List<String> trainers, List<Run> runs) {
    Map<String, String> others = new LinkedHashMap<>(run.params);
    others.put(Row.OPTIMIZER, "adam,sgd");
    boolean rmsprop = Recipe.of(run.params.get(Row.RECIPE)).optimizer().equals("rmsprop");
    boolean djl = rmsprop && run.trainer.equals("djl");
    runs.add(djl ? new Run("djl", run.benchmarks, others) : run);
    if (rmsprop && run.trainer.equals("onednn") && trainers.contains("djl")) {
      runs.add(new Run(run.trainer, List.of(STEP, EPOCH), others));
    }
  }

  /** Returns the arguments of JMH for a run. */
  List<String> jmhArguments(Run run, String resultFile) {
    String names = "dev.sinter.benchmarks.(" + String.join("|", run.benchmarks) + ")";
    List<String> arguments = new ArrayList<>(List.of("^" + names.replace(".", "\\.") + "$"));
    arguments.addAll(List.of("-p", Row.TRAINER + "=" + run.trainer));
    run.params.forEach((name, values) -> arguments.addAll(List.of("-p", name + "=" + values)));
    arguments.addAll(List.of("-f", "1", "-foe", "false", "-wi", full ? "3" : "1", "-w", "1s"));
    arguments.addAll(List.of("-i", "" + ITERATIONS, "-r", seconds() + "s"));
    arguments.addAll(List.of("-rf", "json", "-rff", resultFile));
    return arguments;
  }

  /** Returns peers.py's arguments: the batches, optimizers and seconds of the others. */
  List<String> pythonArguments(String recipe) {
    return List.of(
        "--recipe=" + recipe,
        "--batch=" + values(recipe, Row.BATCH),
        "--optimizer=" + values(recipe, Row.OPTIMIZER),
        "--seconds=" + seconds(),
        "--repeats=" + ITERATIONS);
  }

  /** Joins what a recipe's runs have for a parameter; "default" for a run without it. */
  private String values(String recipe, String param) {
    return runs.stream()
        .filter(run -> run.params.get(Row.RECIPE).equals(recipe))
        .map(run -> run.params.getOrDefault(param, "default"))
        .distinct()
        .collect(Collectors.joining(","));
  }

  private int seconds() {
    return full ? 2 : 1;
  }

  /** Returns the recipes in order. */
  List<String> recipes() {
    return runs.stream().map(run -> run.params.get(Row.RECIPE)).distinct().toList();
  }

  /** Returns how many results are expected, and about how long they take. */
  String summary() {
    int results = runs.stream().mapToInt(Run::results).sum();
    int seconds = results * (full ? 18 : 10) + cold.size() * (full ? 40 : 20);
    return "%d results, about %d min".formatted(results, Math.round(seconds / 60f));
  }
}
