package dev.sinter.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.Evaluation;
import dev.sinter.Fit;
import dev.sinter.History;
import dev.sinter.Model;
import dev.sinter.backend.Backend;
import dev.sinter.errors.InputException;
import dev.sinter.errors.RunException;
import dev.sinter.metrics.Metric;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.recipes.DataChoice;
import dev.sinter.recipes.Recipe;
import dev.sinter.recipes.RecipeData;
import dev.sinter.report.Style;
import dev.sinter.runs.Run;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code sinter train RECIPE}: trains, tests, and prints the final output of the text behind the
 * recipe.
 */
@Command(
    name = "train",
    description = "Trains a network by its recipe: mnist-dense, mnist-sigmoid or digits01.",
    sortOptions = false)
final class TrainCommand extends Subcommand {
  @Parameters(
      arity = "0..1",
      paramLabel = "RECIPE",
      description = "mnist-dense, mnist-sigmoid or digits01; none with --resume.")
  private String recipeName;

  @Mixin private TrainOptions training;

  @Mixin private DataOptions dataOptions;

  @Mixin private TrainTargets targets;

  @Mixin private CheckpointOptions checkpoints;

  @Mixin private TrainDashboard dashboard;

  @Option(
      names = "--verbose",
      paramLabel = "auto|0|1|2",
      description =
          "0 nothing while training, 1 a progress bar, 2 one line per epoch; auto is 1 on a terminal and 2 elsewhere. Default: auto.")
  private String verbose;

  @Option(
      names = "--style",
      paramLabel = "STYLE",
      description = "The progress bar of keras3 or keras2. Default: ${DEFAULT-VALUE}.")
  private String style = "keras3";

  @Option(names = "--quiet", description = "Print warnings and errors only.")
  private boolean quiet;

  private Run resumed; // null without --resume

  @Override
  void run() throws InterruptedException {
    if (quiet) {
      System.setProperty("sinter.log", "WARN"); // the logging configuration reads it on first use
    }
    resume();
    Recipe recipe = Recipe.of(recipeName);
    Optimizer optimizer = training.optimizer(recipe);
    Fit fit = training.fit(recipe).verbose(verbosity()).style(Style.of(style));
    DataChoice choice =
        resumed == null ? dataOptions.choice() : dataOptions.choiceOr(resumed.configuration());
    targets.check();
    checkpoints.plan(targets.out());
    dashboard.check();
    PrintWriter text = quiet ? new PrintWriter(PrintWriter.nullWriter()) : out();

    try (Model model = training.model(recipe)) {
      long start = System.nanoTime();
      Backend opened = model.openBackend();
      double openSeconds = (System.nanoTime() - start) / 1e9;
      if (!checkpoints.hasCheckpoint()) {
        training.initialize(model);
      }
      RecipeData data = recipe.data(choice);
      PrintWriter notes = quiet && data.source().equals("generated") ? err() : text;
      notes.println(data.note());
      notes.flush();
      model.compile(optimizer, recipe.loss(), Metric.ACCURACY);
      if (data.test() != null) {
        model.check("test data", data.test()); // fail before the training, not after it
      }
      text.println(
          "%s: %s on %s, %s samples"
              .formatted(recipe.name(), opened.name(), opened.device(), data.train().size()));
      text.flush();
      ObjectNode configuration = training.configuration(recipe, model);
      dataOptions.describe(configuration, data);
      checkpoints.describe(configuration, targets.out());
      if (resumed != null) {
        configuration = resumed.configuration().deepCopy();
      }
      fit = checkpoints.attach(fit, targets.out());
      Fit observed = targets.begin(recipe, configuration, fit, data.test());
      observed = dashboard.begin(recipe, configuration, observed, data.test(), targets.out(), text);
      try {
        RunResult result = train(recipe, model, data, observed, openSeconds);
        new TrainReport(text, model, recipe, data, result).print();
        targets.write(recipe, model, data, result);
        dashboard.finish(result);
      } catch (RuntimeException | Error problem) {
        targets.fail(problem);
        dashboard.fail(problem);
        throw problem;
      }
    }
    dashboard.serveOn(text);
  }

  /** With --resume, takes on everything that the run was started with. */
  private void resume() {
    resumed = checkpoints.resumed(givenOptions());
    if (resumed == null) {
      if (recipeName == null) {
        throw wrongArguments("Missing required parameter: 'RECIPE'");
      }
      return;
    }
    if (recipeName != null) {
      throw InputException.of(
          "--resume", "no RECIPE beside it", recipeName, "Leave it out: the folder says it");
    }
    recipeName = resumed.recipe();
    training.restore(resumed.configuration());
    targets.resume(resumed.folder());
  }

  private RunResult train(
      Recipe recipe, Model model, RecipeData data, Fit fit, double openSeconds) {
    History history = model.fit(data.train(), fit);
    Evaluation test = data.test() == null ? null : model.evaluate(data.test());
    if (test != null && !Double.isFinite(test.loss())) {
      throw RunException.of(
          "test loss after the last step",
          "a finite number",
          test.loss(),
          "Training has diverged: use a smaller learning rate, or scale the inputs to about 0 to 1",
          null);
    }
    double setupSeconds = openSeconds + history.setupSeconds();
    return new RunResult(
        recipe.name(),
        model.openBackend(),
        training.seed(),
        fit,
        history,
        test,
        data.source(),
        setupSeconds);
  }

  private String verbosity() {
    if (quiet && verbose != null) {
      throw InputException.of(
          "--quiet and --verbose", "one of them", "both", "Leave one of them out");
    }
    return quiet ? "0" : verbose == null ? "auto" : verbose;
  }
}
