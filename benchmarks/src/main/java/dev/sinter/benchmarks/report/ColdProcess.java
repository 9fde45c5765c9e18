package dev.sinter.benchmarks.report;

import dev.sinter.Callback;
import dev.sinter.Fit;
import dev.sinter.Model;
import dev.sinter.backend.BackendOptions;
import dev.sinter.datasets.MnistOptions;
import dev.sinter.metrics.Metric;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.recipes.DataChoice;
import dev.sinter.recipes.Recipe;
import dev.sinter.recipes.RecipeData;
import java.util.Locale;
import java.util.Map;

/**
 * What the measurements from the start of a process run: a recipe's training, which prints a line
 * at each stage. Whoever started it takes the times at which the lines arrive.
 *
 * <p>Arguments: {@code first-step} or {@code accuracy}, recipe, backend. Data is MNIST where
 * SINTER_DATA is set, generated digits otherwise.
 */
final class ColdProcess {
  static final String FIRST_STEP = "first-step";
  static final double TARGET = 0.97;
  static final int MOST_EPOCHS = 20;

  private ColdProcess() {}

  /** Trains; a failure ends the process with a stack trace, which goes to the log. */
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
      if (arguments[0].equals(FIRST_STEP)) {
        model.fit(data.train(), fit.callback(new AfterFirstStep()));
      } else {
        model.fit(data.train(), fit.validationData(data.test()).callback(new AtTarget()));
      }
    }
  }

  /** Ends training after one step. */
  private static final class AfterFirstStep implements Callback {
    @Override
    public boolean wantsBatches() {
      return true;
    }

    @Override
    public void onTrainBatchEnd(Model model, int batch, Map<String, Double> logs) {
      if (batch == 0) {
        say("step");
        model.stopTraining();
      }
    }
  }

  /** Ends training after the epoch in which the test accuracy is reached. */
  private static final class AtTarget implements Callback {
    @Override
    public void onEpochEnd(Model model, int epoch, Map<String, Double> logs) {
      double accuracy = logs.get("val_accuracy");
      if (accuracy >= TARGET) {
        say(String.format(Locale.ROOT, "reached %d %.4f", epoch + 1, accuracy));
        model.stopTraining();
      }
    }
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
