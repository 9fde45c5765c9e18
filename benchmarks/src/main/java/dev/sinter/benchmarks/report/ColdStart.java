package dev.sinter.benchmarks.report;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.Fit;
import dev.sinter.Model;
import dev.sinter.backend.BackendOptions;
import dev.sinter.bench.Child;
import dev.sinter.callbacks.LambdaCallback;
import dev.sinter.datasets.MnistOptions;
import dev.sinter.errors.RunException;
import dev.sinter.metrics.Metric;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.recipes.DataChoice;
import dev.sinter.recipes.Recipe;
import dev.sinter.recipes.RecipeData;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Times from the start of a process until the first training step is done, and until a test
 * accuracy is reached. The clock starts before the process does and stops when the process's line
 * arrives, so the JVM's start, class loading, natives and data are all in it.
 */
final class ColdStart {
  static final String FIRST_STEP = "first step";
  static final String ACCURACY = "97 % test accuracy";

  private static final double TARGET = 0.97;
  private static final int MOST_EPOCHS = 20;
  private static final long SECONDS = 1200;

  private ColdStart() {}

  /**
   * Measures the time to the first step; one start before the clock runs fills the caches of disk
   * and natives.
   *
   * @return an entry of the result file
   */
  static ObjectNode firstStep(String recipe, String trainer, int repeats, Path log) {
    List<Double> seconds = new ArrayList<>();
    List<Map<String, Double>> runs = new ArrayList<>();
    for (int i = 0; i <= repeats; i++) {
      Map<String, Double> times = times(FIRST_STEP, recipe, trainer, log);
      if (i > 0) {
        seconds.add(times.get("step"));
        runs.add(times);
      }
    }
    String data = "data " + source(runs.get(0));
    String note =
        String.format(
            Locale.ROOT,
            "JVM %.2f s, backend %.2f, data %.2f, first step %.2f (medians)",
            between(runs, "start", "started"),
            between(runs, "started", "backend"),
            between(runs, "backend", data),
            between(runs, data, "step"));
    return entry(FIRST_STEP, recipe, trainer, source(runs.get(0)), seconds, note);
  }

  /** Measures the time to the test accuracy, looked at after each epoch. */
  static ObjectNode accuracy(String recipe, String trainer, int repeats, Path log) {
    List<Double> seconds = new ArrayList<>();
    String note = "not reached in " + MOST_EPOCHS + " epochs";
    String data = "";
    for (int i = 0; i < repeats; i++) {
      Map<String, Double> times = times(ACCURACY, recipe, trainer, log);
      data = source(times);
      for (Map.Entry<String, Double> line : times.entrySet()) {
        if (line.getKey().startsWith("reached ")) {
          seconds.add(line.getValue());
          note = line.getKey();
        }
      }
    }
    return entry(ACCURACY, recipe, trainer, data, seconds, note);
  }

  private static ObjectNode entry(
      String kind, String recipe, String trainer, String data, List<Double> seconds, String note) {
    ObjectNode entry = ResultFile.MAPPER.createObjectNode();
    entry.put("kind", kind).put("recipe", recipe).put("trainer", trainer).put("data", data);
    seconds.forEach(entry.putArray("seconds")::add);
    return entry.put("note", note);
  }

  /** Runs one process; returns its lines with the seconds at which they came. */
  private static Map<String, Double> times(String kind, String recipe, String trainer, Path log) {
    Map<String, Double> times = new LinkedHashMap<>(Map.of("start", 0.0));
    long start = System.nanoTime();
    try (Child child =
        Report.java(trainer, ColdStart.class.getName(), List.of(kind, recipe, trainer))
            .log(log)
            .lines()
            .start()) {
      Optional<String> line = child.line(SECONDS);
      while (line.isPresent()) {
        times.put(line.get(), (System.nanoTime() - start) / 1e9);
        line = child.line(SECONDS);
      }
      int exit = child.await(SECONDS).exit();
      if (exit != 0 || kind.equals(FIRST_STEP) && !times.containsKey("step")) {
        String text = "%s, %s: expected exit code 0 and a step, received %s. See %s.";
        throw new RunException(text.formatted(trainer, recipe, exit, log));
      }
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

  private static double between(List<Map<String, Double>> runs, String from, String to) {
    return Row.quantile(runs.stream().map(times -> times.get(to) - times.get(from)).toList(), 0.5);
  }

  /**
   * What is measured: a recipe's training, which prints a line at each stage; a failure's stack
   * trace goes to the log. Data is MNIST if SINTER_DATA is set, generated digits otherwise.
   *
   * @param arguments what ends it, recipe, backend
   */
  public static void main(String[] arguments) {
    say("started");
    Recipe recipe = Recipe.of(arguments[1]);
    try (Model model = recipe.model(0)) {
      model.backend(arguments[2], BackendOptions.DEFAULT).openBackend();
      say("backend");
      boolean generated = System.getenv("SINTER_DATA") == null;
      MnistOptions options = MnistOptions.defaults().offline(true).generated(generated);
      RecipeData data = recipe.data(new DataChoice(options, null, null, 0));
      say("data " + data.source());
      model.compile(Optimizer.of(recipe.optimizer()), recipe.loss(), Metric.ACCURACY);
      Fit fit = Fit.epochs(MOST_EPOCHS).batchSize(recipe.batchSize()).verbose(0);
      LambdaCallback end = new LambdaCallback();
      if (arguments[0].equals(FIRST_STEP)) {
        end = end.onTrainBatchEnd((trained, batch, logs) -> endAfterStep(trained, batch));
      } else {
        fit = fit.validationData(data.test());
        end = end.onEpochEnd(ColdStart::endAtTarget);
      }
      model.fit(data.train(), fit.callback(end));
    }
  }

  private static void endAfterStep(Model model, int batch) {
    if (batch == 0) {
      say("step");
      model.stopTraining();
    }
  }

  private static void endAtTarget(Model model, int epoch, Map<String, Double> logs) {
    double accuracy = logs.get("val_accuracy");
    if (accuracy >= TARGET) {
      say(String.format(Locale.ROOT, "reached %.4f after epoch %d", accuracy, epoch + 1));
      model.stopTraining();
    }
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
