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
 * Times from the start of a process until the first training step is done. The clock starts before
 * the process does and stops when the process's line arrives, so the JVM's start, class loading,
 * natives and data are all in it.
 */
final class ColdStart {
  static final String RECIPE = "mnist-dense";

  private static final String STEP = "first step";
  private static final String DATA = "data ";
  private static final long SECONDS = 1200;

  private ColdStart() {}

  /**
   * Measures; one start before the clock runs fills the caches of disk and natives.
   *
   * @return an entry of the result file; its note has the stages of the last run
   */
  static ObjectNode measure(String trainer, int repeats, Path log) {
    ObjectNode entry = ResultFile.MAPPER.createObjectNode();
    entry.put("kind", STEP).put("recipe", RECIPE).put("trainer", trainer);
    entry.putArray("seconds");
    for (int i = 0; i <= repeats; i++) {
      Map<String, Double> times = times(trainer, log);
      if (i > 0) {
        entry.withArray("seconds").add(times.get(STEP));
      }
      List<String> stages = new ArrayList<>();
      for (Map.Entry<String, Double> stage : times.entrySet()) {
        stages.add(String.format(Locale.ROOT, "%s %.2f s", stage.getKey(), stage.getValue()));
        if (stage.getKey().startsWith(DATA)) {
          entry.put("data", stage.getKey().substring(DATA.length()));
        }
      }
      entry.put("note", String.join(", ", stages));
    }
    return entry;
  }

  /** Runs one process; returns its lines with the seconds at which they came. */
  private static Map<String, Double> times(String trainer, Path log) {
    Map<String, Double> times = new LinkedHashMap<>();
    long start = System.nanoTime();
    try (Child child =
        Report.java(trainer, ColdStart.class.getName(), List.of(trainer))
            .log(log)
            .lines()
            .start()) {
      Optional<String> line = child.line(SECONDS);
      while (line.isPresent()) {
        times.put(line.get(), (System.nanoTime() - start) / 1e9);
        line = child.line(SECONDS);
      }
      int exit = child.await(SECONDS).exit();
      if (exit != 0 || !times.containsKey(STEP)) {
        String text = "%s: expected exit code 0 and a step, received %s. See %s.";
        throw new RunException(text.formatted(trainer, exit, log));
      }
    }
    return times;
  }

  /**
   * What is measured: a recipe's training, which prints a line at each stage; a failure's stack
   * trace goes to the log. Data is MNIST if SINTER_DATA is set, generated digits otherwise.
   *
   * @param arguments the backend
   */
  public static void main(String[] arguments) {
    System.out.println("JVM");
    Recipe recipe = Recipe.of(RECIPE);
    try (Model model = recipe.model(0)) {
      model.backend(arguments[0], BackendOptions.DEFAULT).openBackend();
      System.out.println("backend");
      boolean generated = System.getenv("SINTER_DATA") == null;
      MnistOptions options = MnistOptions.defaults().offline(true).generated(generated);
      RecipeData data = recipe.data(new DataChoice(options, null, null, 0));
      System.out.println(DATA + data.source());
      model.compile(Optimizer.of(recipe.optimizer()), recipe.loss(), Metric.ACCURACY);
      Fit fit = Fit.epochs(1).batchSize(recipe.batchSize()).verbose(0);
      model.fit(data.train(), fit.callback(new LambdaCallback().onTrainBatchEnd(ColdStart::end)));
    }
  }

  private static void end(Model model, int batch, Map<String, Double> logs) {
    if (batch == 0) {
      System.out.println(STEP);
      model.stopTraining();
    }
  }
}
