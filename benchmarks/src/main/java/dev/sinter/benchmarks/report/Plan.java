package dev.sinter.benchmarks.report;

import dev.sinter.benchmarks.SinterTrainer;
import dev.sinter.benchmarks.report.JmhRun.Effort;
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
 * @param repeats of the time to the first step; the time to an accuracy is taken once in quick
 */
record Plan(List<JmhRun> runs, List<String> cold, int repeats) {
  static final String COLD_RECIPE = "mnist-dense";

  private static final String STEP = "StepBenchmark.train";
  private static final String EPOCH = "EpochBenchmark.fit";
  private static final String PREDICT = "InferenceBenchmark.predict";
  private static final String FORWARD = "InferenceBenchmark.forward";
  private static final String LARGE_GEMMS = "CeilingBenchmark.largeGemms";
  private static final String FORWARD_GEMMS = "CeilingBenchmark.forwardGemms";
  private static final String GEMMS = "CeilingBenchmark.gemms";
  private static final String BANDWIDTH = "CeilingBenchmark.bandwidth";
  private static final String DEVICE_MEMORY = "CeilingBenchmark.deviceMemory";
  private static final String REPLAY = "CeilingBenchmark.replay";
  private static final List<String> CPU_CEILINGS =
      List.of(GEMMS, LARGE_GEMMS, FORWARD_GEMMS, BANDWIDTH);
  private static final List<String> GPU_CEILINGS =
      List.of(GEMMS, LARGE_GEMMS, FORWARD_GEMMS, BANDWIDTH, DEVICE_MEMORY, REPLAY);
  private static final String ONEDNN = "onednn";
  private static final String DJL = "djl";
  private static final String REFERENCE = "reference";
  private static final int SMALLEST_BATCH = 32;
  private static final int LARGEST_BATCH = 4096;
  private static final int LARGEST_GPU_BATCH = 16384;

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
   * Each recipe's own batch, as many threads as the trainer chooses, few and short iterations:
   * under three minutes on 2 cores, under eight with a GPU. Plain Java trains digits01 alone.
   */
  static Plan quick(Choice choice) {
    Effort effort = new Effort(1, 1, 5, 1);
    List<JmhRun> runs = new ArrayList<>();
    for (String recipe : choice.recipes) {
      for (String trainer : choice.trainers) {
        if (trainer.equals(REFERENCE) && !recipe.equals("digits01")) {
          continue;
        }
        List<Integer> threads =
            choice.threads.isEmpty() || isGpu(trainer) ? List.of(0) : choice.threads;
        List<Integer> batches = batches(choice, recipe, 0);
        List<String> benchmarks = quickBenchmarks(trainer, recipe.equals(COLD_RECIPE));
        add(runs, choice, trainer, benchmarks, params(recipe, batches, threads), effort);
      }
    }
    return new Plan(runs, sinterBackends(choice.trainers), 3);
  }

  private static List<String> quickBenchmarks(String trainer, boolean all) {
    List<String> benchmarks = new ArrayList<>(List.of(STEP));
    if (all && !trainer.equals(REFERENCE) && !SinterTrainer.of(trainer).isVariant()) {
      benchmarks.addAll(List.of(EPOCH, PREDICT));
      if (isGpu(trainer)) {
        benchmarks.addAll(List.of(GEMMS, FORWARD_GEMMS, DEVICE_MEMORY, REPLAY));
      } else if (trainer.equals(ONEDNN)) {
        benchmarks.addAll(List.of(LARGE_GEMMS, FORWARD_GEMMS));
      }
    }
    return benchmarks;
  }

  /**
   * Every recipe, batch, thread count and trainer. Plain Java has one thread, and whole epochs
   * would take it hours; a GPU's threads are its own.
   */
  static Plan full(Choice choice, int cores) {
    Effort effort = new Effort(3, 1, 5, 2);
    List<JmhRun> runs = new ArrayList<>();
    for (String recipe : choice.recipes) {
      for (String trainer : choice.trainers) {
        List<Integer> threads =
            isGpu(trainer)
                ? List.of(0)
                : trainer.equals(REFERENCE) ? List.of(1) : threads(choice, cores);
        int largest = isGpu(trainer) ? LARGEST_GPU_BATCH : LARGEST_BATCH;
        List<Integer> batches = batches(choice, recipe, largest);
        add(
            runs,
            choice,
            trainer,
            fullBenchmarks(trainer),
            params(recipe, batches, threads),
            effort);
      }
    }
    return new Plan(runs, sinterBackends(choice.trainers), 5);
  }

  private static List<String> fullBenchmarks(String trainer) {
    List<String> benchmarks = new ArrayList<>(List.of(STEP));
    if (SinterTrainer.of(trainer).isVariant()) {
      benchmarks.addAll(List.of(FORWARD, GEMMS));
    } else if (trainer.equals(REFERENCE)) {
      benchmarks.add(FORWARD);
    } else {
      benchmarks.addAll(List.of(EPOCH, PREDICT, FORWARD));
      benchmarks.addAll(
          isGpu(trainer) ? GPU_CEILINGS : trainer.equals(ONEDNN) ? CPU_CEILINGS : List.of());
    }
    return benchmarks;
  }

  private static boolean isGpu(String trainer) {
    return SinterTrainer.of(trainer).isGpu();
  }

  /**
   * Adds a run. DJL's engine has no RMSprop: where that is the recipe's optimizer, it trains with
   * Adam and SGD, and so does onednn beside it.
   */
  private static void add(
      List<JmhRun> runs,
      Choice choice,
      String trainer,
      List<String> benchmarks,
      Map<String, List<String>> params,
      Effort effort) {
    boolean rmsprop = Recipe.of(params.get(Row.RECIPE).get(0)).optimizer().equals("rmsprop");
    Map<String, List<String>> others = new LinkedHashMap<>(params);
    others.put(Row.OPTIMIZER, List.of("adam", "sgd"));
    if (trainer.equals(DJL) && rmsprop) {
      runs.add(new JmhRun(trainer, benchmarks, others, effort));
      return;
    }
    runs.add(new JmhRun(trainer, benchmarks, params, effort));
    if (trainer.equals(ONEDNN) && rmsprop && choice.trainers.contains(DJL)) {
      runs.add(new JmhRun(trainer, List.of(STEP, EPOCH), others, effort));
    }
  }

  private static Map<String, List<String>> params(
      String recipe, List<Integer> batches, List<Integer> threads) {
    Map<String, List<String>> params = new LinkedHashMap<>();
    params.put(Row.RECIPE, List.of(recipe));
    params.put(Row.BATCH, batches.stream().map(String::valueOf).toList());
    params.put(Row.THREADS, threads.stream().map(String::valueOf).toList());
    return params;
  }

  /** Returns the recipe's own batch and powers of two up to the largest. */
  private static List<Integer> batches(Choice choice, String recipe, int largest) {
    if (!choice.batches.isEmpty()) {
      return choice.batches;
    }
    TreeSet<Integer> batches = new TreeSet<>(List.of(Recipe.of(recipe).batchSize()));
    for (int batch = SMALLEST_BATCH; batch <= largest; batch *= 2) {
      batches.add(batch);
    }
    return List.copyOf(batches);
  }

  /** Returns 1, 2, 4 and so on, and all cores. */
  private static List<Integer> threads(Choice choice, int cores) {
    if (!choice.threads.isEmpty()) {
      return choice.threads;
    }
    TreeSet<Integer> threads = new TreeSet<>(List.of(cores));
    for (int count = 1; count < cores; count *= 2) {
      threads.add(count);
    }
    return List.copyOf(threads);
  }

  private static List<String> sinterBackends(List<String> trainers) {
    return trainers.stream()
        .filter(trainer -> !MeasureCommand.PEERS.contains(trainer))
        .filter(trainer -> !SinterTrainer.of(trainer).isVariant())
        .toList();
  }

  /** Returns the recipes in order. */
  List<String> recipes() {
    return runs.stream().map(run -> run.params().get(Row.RECIPE).get(0)).distinct().toList();
  }

  /** Returns peers.py's arguments: the batches, optimizers and seconds of the others. */
  List<String> pythonArguments(String recipe) {
    List<JmhRun> same =
        runs.stream().filter(run -> run.params().get(Row.RECIPE).contains(recipe)).toList();
    JmhRun.Effort effort = same.get(0).effort();
    return List.of(
        "--recipe=" + recipe,
        "--batch=" + values(same, Row.BATCH, "128"),
        "--optimizer=" + values(same, Row.OPTIMIZER, "default"),
        "--seconds=" + effort.iterationSeconds(),
        "--repeats=" + effort.iterations());
  }

  /** Joins what the runs have for a parameter; a run without it counts as the default. */
  private static String values(List<JmhRun> runs, String param, String standard) {
    return runs.stream()
        .flatMap(run -> run.params().getOrDefault(param, List.of(standard)).stream())
        .distinct()
        .collect(Collectors.joining(","));
  }

  /**
   * Returns whether a trainer's time to an accuracy is taken; plain Java takes minutes, so in full
   * alone.
   */
  boolean takesAccuracy(String trainer) {
    return repeats > 3 || !trainer.equals(REFERENCE);
  }

  /** Returns how often the time to an accuracy is taken. */
  int accuracyRepeats(String trainer) {
    return repeats > 3 && !trainer.equals(REFERENCE) ? 3 : 1;
  }

  /** Returns about how long everything takes. */
  int estimateSeconds() {
    int seconds = runs.stream().mapToInt(JmhRun::estimateSeconds).sum();
    for (String trainer : cold) {
      seconds += 2 * (repeats + 1);
      if (takesAccuracy(trainer)) {
        seconds += accuracyRepeats(trainer) * (trainer.equals(REFERENCE) ? 180 : 6);
      }
    }
    return seconds;
  }

  /** Lists the runs and the estimate. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (JmhRun run : runs) {
      text.append(
          String.format(
              Locale.ROOT,
              "%4d results, about %s: %s%n",
              run.cells(),
              time(run.estimateSeconds()),
              run.label()));
    }
    text.append(
        String.format(
            Locale.ROOT,
            "from the start of a process, %s: %s%n",
            COLD_RECIPE,
            cold.isEmpty() ? "none" : String.join(", ", cold)));
    int cells = runs.stream().mapToInt(JmhRun::cells).sum();
    return text.append(
            String.format(
                Locale.ROOT, "%d results, about %s in all%n", cells, time(estimateSeconds())))
        .toString();
  }

  static String time(int seconds) {
    if (seconds < 100) {
      return seconds + " s";
    }
    int minutes = Math.round(seconds / 60f);
    return minutes < 100
        ? minutes + " min"
        : String.format(Locale.ROOT, "%d h %02d min", minutes / 60, minutes % 60);
  }
}
