package dev.sinter.benchmarks.report;

import dev.sinter.benchmarks.report.JmhRun.Effort;
import dev.sinter.recipes.Recipe;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/**
 * What is measured, in order, and about how long it takes.
 *
 * @param cold trainers whose time from the start of a process is taken
 * @param repeats of the time to the first step; the time to an accuracy is taken once in quick
 */
record Plan(List<JmhRun> runs, List<String> cold, int repeats) {
  static final String COLD_RECIPE = "mnist-dense";

  private static final String STEP = "StepBenchmark";
  private static final String EPOCH = "EpochBenchmark";
  private static final String INFERENCE = "InferenceBenchmark";
  private static final String CEILING = "CeilingBenchmark";
  private static final String REFERENCE = "reference";
  private static final int SMALLEST_BATCH = 32;
  private static final int LARGEST_BATCH = 4096;

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
   * Each recipe's own batch on all cores, few and short iterations: under three minutes on 2 cores.
   */
  static Plan quick(Choice choice, int cores) {
    Effort effort = new Effort(1, 1, 5, 1);
    List<JmhRun> runs = new ArrayList<>();
    for (String recipe : choice.recipes) {
      for (String trainer : choice.trainers) {
        boolean slow = trainer.equals(REFERENCE);
        if (!slow || recipe.equals("digits01")) {
          runs.add(
              run(
                  trainer,
                  List.of(STEP),
                  recipe,
                  batches(choice, recipe, false),
                  List.of(cores),
                  effort));
        }
        if (!slow && recipe.equals(COLD_RECIPE)) {
          List<String> more =
              trainer.equals("onednn")
                  ? List.of(EPOCH, INFERENCE, CEILING)
                  : List.of(EPOCH, INFERENCE);
          runs.add(
              run(trainer, more, recipe, batches(choice, recipe, false), List.of(cores), effort));
        }
      }
    }
    return new Plan(runs, sinterBackends(choice.trainers), 3);
  }

  /** Every recipe, batch, thread count and trainer. */
  static Plan full(Choice choice, int cores) {
    Effort effort = new Effort(3, 1, 5, 2);
    List<JmhRun> runs = new ArrayList<>();
    for (String recipe : choice.recipes) {
      for (String trainer : choice.trainers) {
        List<String> benchmarks =
            trainer.equals("onednn")
                ? List.of(STEP, EPOCH, INFERENCE, CEILING)
                : List.of(STEP, EPOCH, INFERENCE);
        List<Integer> threads = trainer.equals(REFERENCE) ? List.of(1) : threads(choice, cores);
        runs.add(run(trainer, benchmarks, recipe, batches(choice, recipe, true), threads, effort));
      }
    }
    return new Plan(runs, sinterBackends(choice.trainers), 5);
  }

  private static JmhRun run(
      String trainer,
      List<String> benchmarks,
      String recipe,
      List<Integer> batches,
      List<Integer> threads,
      Effort effort) {
    Map<String, List<String>> params = new LinkedHashMap<>();
    params.put(Row.RECIPE, List.of(recipe));
    params.put(Row.BATCH, batches.stream().map(String::valueOf).toList());
    params.put(Row.THREADS, threads.stream().map(String::valueOf).toList());
    return new JmhRun(trainer, benchmarks, params, effort);
  }

  private static List<Integer> batches(Choice choice, String recipe, boolean all) {
    if (!choice.batches.isEmpty()) {
      return choice.batches;
    }
    TreeSet<Integer> batches = new TreeSet<>(List.of(Recipe.of(recipe).batchSize()));
    for (int batch = SMALLEST_BATCH; all && batch <= LARGEST_BATCH; batch *= 2) {
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
    return trainers.stream().filter(trainer -> !MeasureCommand.PEERS.contains(trainer)).toList();
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
