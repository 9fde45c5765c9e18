package dev.sinter.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.Evaluation;
import dev.sinter.Fit;
import dev.sinter.History;
import dev.sinter.Model;
import dev.sinter.backend.Backend;
import dev.sinter.cluster.ClusterResult;
import dev.sinter.errors.InputException;
import dev.sinter.errors.RunException;
import dev.sinter.metrics.Metric;
import dev.sinter.networks.NetworkData;
import dev.sinter.networks.NetworkFile;
import dev.sinter.networks.NetworkTask;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.recipes.DataChoice;
import dev.sinter.recipes.Recipe;
import dev.sinter.recipes.RecipeData;
import dev.sinter.recipes.Task;
import dev.sinter.report.Style;
import dev.sinter.runs.Run;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code sinter train RECIPE}: trains, tests, and prints the final output of the text behind the
 * recipe; with {@code --model}, the network of a file on data of the user.
 */
@Command(
    name = "train",
    description = {
      "Trains a network by its recipe: mnist-dense, mnist-sigmoid, digits01 or mnist-convnet;",
      "or a network of your own on data of your own: --model NET.yaml --data FILE."
    },
    sortOptions = false)
final class TrainCommand extends Subcommand {
  @Parameters(
      arity = "0..1",
      paramLabel = "RECIPE",
      description =
          "mnist-dense, mnist-sigmoid, digits01 or mnist-convnet; none with --model and --resume.")
  private String recipeName;

  @Mixin private TrainOptions training;

  @Mixin private NetworkOptions network;

  @Mixin private DataOptions dataOptions;

  @Mixin private TrainTargets targets;

  @Mixin private CheckpointOptions checkpoints;

  @Mixin private ClusterOptions cluster;

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
  private NetworkData.Place place; // null for a recipe, and with --resume

  @Override
  void run() throws InterruptedException {
    if (quiet) {
      System.setProperty("sinter.log", "WARN"); // Log reads it with a logger's first message
    }
    resume();
    Task task = task();
    Optimizer optimizer = training.optimizer(task);
    Fit fit = training.fit(task).verbose(verbosity()).style(Style.of(style));
    DataChoice choice = choice(task);
    targets.check();
    checkpoints.plan(targets.out());
    dashboard.check();
    cluster.check(dashboard.isWanted());
    PrintWriter text = quiet ? new PrintWriter(PrintWriter.nullWriter()) : out();

    try (Model model = training.model(task)) {
      Opening opening = Opening.of(model, this::initialize, () -> task.data(choice));
      RecipeData data = opening.data();
      Backend opened = opening.backend();
      PrintWriter notes = quiet && data.source().equals("generated") ? err() : text;
      notes.println(data.note());
      notes.flush();
      model.compile(optimizer, task.loss(), task.metrics().toArray(Metric[]::new));
      if (data.test() != null) {
        model.check("test data", data.test()); // fail before the training, not after it
      }
      text.println(
          "%s: %s on %s, %s samples%s"
              .formatted(
                  task.name(), opened.name(), opened.device(), data.train().size(), cluster.who()));
      text.flush();
      ObjectNode configuration = training.configuration(task, model);
      dataOptions.describe(configuration, data);
      if (place != null) {
        NetworkOptions.describe(configuration, (NetworkTask) task, place);
      }
      configuration.put("validation", fit.validationSplit() > 0 ? "split" : validation(data));
      checkpoints.describe(configuration, targets.out());
      cluster.describe(configuration);
      if (resumed != null) {
        configuration = resumed.configuration().deepCopy();
      }
      fit = checkpoints.attach(fit, targets.out());
      Fit observed = targets.begin(task, configuration, fit, data.test());
      observed = dashboard.begin(task, configuration, observed, data.test(), targets.out(), text);
      try {
        RunResult result = train(task, model, data, fit, observed, opening.seconds());
        new TrainReport(text, model, task, data, result).print();
        targets.write(task, model, data, result);
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
      if (recipeName == null && !network.isGiven()) {
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
    cluster.restore(resumed);
    targets.resume(resumed.folder());
  }

  /** Returns what is trained: the recipe, or the network of a file on its data. */
  private Task task() {
    boolean goesOn = resumed != null && NetworkRun.isOne(resumed.folder());
    if (!goesOn && !network.isGiven()) {
      training.seedOr(1);
      return Recipe.of(recipeName);
    }
    training.requireNoHidden();
    if (!goesOn && recipeName != null) {
      throw InputException.of(
          "--model", "no RECIPE beside it", recipeName, "Leave one of them out");
    }
    if (goesOn) {
      return new NetworkRun(resumed.folder()).task();
    }
    NetworkFile file = network.file();
    training.seedOr(file.seed());
    place = network.place(dataOptions.own());
    return NetworkTask.of(file, place, training.seed());
  }

  private void initialize(Model model) {
    if (!checkpoints.hasCheckpoint()) {
      training.initialize(model);
    }
  }

  private DataChoice choice(Task task) {
    if (resumed != null) {
      return dataOptions.choiceOr(resumed.configuration());
    }
    return task instanceof NetworkTask ? dataOptions.limitAlone() : dataOptions.choice();
  }

  private static String validation(RecipeData data) {
    return data.test() == null ? "none" : "test set";
  }

  private RunResult train(
      Task task, Model model, RecipeData data, Fit fit, Fit observed, double openSeconds) {
    ClusterResult together = null;
    if (cluster.isGiven()) {
      together = cluster.train(task.name(), training, model, data.train(), fit, observed);
    }
    History history = together == null ? model.fit(data.train(), observed) : together.history();
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
        task.name(),
        model.openBackend(),
        training.seed(),
        observed,
        history,
        test,
        data.source(),
        setupSeconds,
        together);
  }

  private String verbosity() {
    if (quiet && verbose != null) {
      throw InputException.of(
          "--quiet and --verbose", "one of them", "both", "Leave one of them out");
    }
    return quiet ? "0" : verbose == null ? "auto" : verbose;
  }
}
