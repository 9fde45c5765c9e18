package dev.sinter.benchmarks.report;

import dev.sinter.errors.RunException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Times from the start of a process, taken outside it: until the first training step is done, and
 * until a test accuracy is reached. The clock starts before the process does and stops when the
 * process's line arrives, so the JVM's start, class loading, natives and data are all in it.
 */
final class ColdStart {
  private final Path root;
  private final Path log;

  ColdStart(Path root, Path log) {
    this.root = root;
    this.log = log;
  }

  /**
   * Measures the time to the first step; one start before the clock runs fills the caches of disk
   * and natives.
   */
  ColdRow firstStep(String recipe, String trainer, int repeats) {
    List<Double> seconds = new ArrayList<>();
    List<Map<String, Double>> runs = new ArrayList<>();
    for (int i = 0; i <= repeats; i++) {
      Map<String, Double> times = times(ColdProcess.FIRST_STEP, recipe, trainer, 120);
      if (i > 0) {
        seconds.add(times.get("step"));
        runs.add(times);
      }
    }
    String data = source(runs.get(0));
    String note =
        String.format(
            Locale.ROOT,
            "JVM %.2f s, backend %.2f, data %.2f, first step %.2f (medians)",
            median(runs, "started", null),
            median(runs, "backend", "started"),
            median(runs, "data " + data, "backend"),
            median(runs, "step", "data " + data));
    return new ColdRow(ColdRow.FIRST_STEP, recipe, trainer, data, seconds, note);
  }

  /** Measures the time to the test accuracy, looked at after each epoch. */
  ColdRow accuracy(String recipe, String trainer, int repeats) {
    List<Double> seconds = new ArrayList<>();
    String note = "not reached in " + ColdProcess.MOST_EPOCHS + " epochs";
    String data = "";
    for (int i = 0; i < repeats; i++) {
      Map<String, Double> times = times("accuracy", recipe, trainer, 1200);
      data = source(times);
      for (Map.Entry<String, Double> line : times.entrySet()) {
        if (line.getKey().startsWith("reached ")) {
          String[] parts = line.getKey().split(" ");
          seconds.add(line.getValue());
          note = "test accuracy " + parts[2] + " after epoch " + parts[1];
        }
      }
    }
    return new ColdRow(ColdRow.ACCURACY, recipe, trainer, data, seconds, note);
  }

  /** Runs one process; returns its lines with the seconds at which they came. */
  private Map<String, Double> times(String mode, String recipe, String trainer, long limitSeconds) {
    List<String> command = ChildProcess.java(root, trainer);
    command.add(1, "-XX:+UseSerialGC"); // as scripts/sinter does
    command.addAll(List.of(ColdProcess.class.getName(), mode, recipe, trainer));
    Map<String, Double> times = new LinkedHashMap<>();
    long start = System.nanoTime();
    int code =
        ChildProcess.run(
            command,
            trainer,
            log,
            limitSeconds,
            line -> times.put(line, (System.nanoTime() - start) / 1e9));
    boolean complete = !mode.equals(ColdProcess.FIRST_STEP) || times.containsKey("step");
    if (code != 0 || !complete) {
      throw new RunException(
          trainer
              + ", "
              + recipe
              + ": expected exit code 0, received "
              + code
              + ". See "
              + log
              + ".");
    }
    return times;
  }

  private static String source(Map<String, Double> times) {
    return times.keySet().stream()
        .filter(line -> line.startsWith("data "))
        .map(line -> line.substring("data ".length()))
        .findFirst()
        .orElse("unknown");
  }

  private static double median(List<Map<String, Double>> runs, String line, String before) {
    return Spread.of(
            runs.stream()
                .map(times -> times.get(line) - (before == null ? 0 : times.get(before)))
                .toList())
        .median();
  }
}
