package dev.sinter.cli;

import dev.sinter.Evaluation;
import dev.sinter.Fit;
import dev.sinter.History;
import dev.sinter.Model;
import dev.sinter.backend.Backend;
import dev.sinter.backend.BackendOptions;
import dev.sinter.data.AtomicFile;
import dev.sinter.data.Npz;
import dev.sinter.errors.InputException;
import dev.sinter.errors.RunException;
import dev.sinter.metrics.Metric;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.recipes.DataChoice;
import dev.sinter.recipes.Recipe;
import dev.sinter.recipes.RecipeData;
import dev.sinter.report.Style;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sinter train RECIPE}: trains, tests, and prints what the recipe's text ends with. */
@Command(
    name = "train",
    description = "Trains a network by its recipe: mnist-dense, mnist-sigmoid or digits01.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false)
final class TrainCommand implements Callable<Integer> {
  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @Parameters(paramLabel = "RECIPE", description = "mnist-dense, mnist-sigmoid or digits01.")
  private String recipeName;

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      description = "auto, cuda, onednn, nd4j or reference. Default: ${DEFAULT-VALUE}.")
  private String backend = "auto";

  @Option(
      names = "--device",
      paramLabel = "N",
      description = "Index of the GPU. Default: ${DEFAULT-VALUE}.")
  private int device;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "CPU threads; 0 lets the backend choose. Default: ${DEFAULT-VALUE}.")
  private int threads;

  @Option(
      names = "--precision",
      paramLabel = "TYPE",
      description = "float32, tf32 or bf16. Default: ${DEFAULT-VALUE}.")
  private String precision = BackendOptions.FLOAT32;

  @Option(names = "--epochs", paramLabel = "N", description = "Default: the recipe's.")
  private Integer epochs;

  @Option(names = "--batch-size", paramLabel = "N", description = "Default: the recipe's.")
  private Integer batchSize;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Of initial weights and shuffles. Default: ${DEFAULT-VALUE}.")
  private long seed = 1;

  @Option(
      names = "--optimizer",
      paramLabel = "NAME",
      description = "sgd, momentum, nesterov, rmsprop, adam or adamw. Default: the recipe's.")
  private String optimizerName;

  @Option(names = "--learning-rate", paramLabel = "X", description = "Default: the optimizer's.")
  private Double learningRate;

  @Option(
      names = "--hidden",
      paramLabel = "N",
      description = "Units of the first layer. Default: the recipe's.")
  private Integer hidden;

  @Mixin private DataOptions dataOptions;

  @Option(names = "--no-shuffle", description = "Keep the samples in order.")
  private boolean noShuffle;

  @Option(names = "--init", paramLabel = "W.npz", description = "Start from these weights.")
  private Path initialWeights;

  @Option(
      names = "--save-weights",
      paramLabel = "W.npz",
      description = "Write the trained weights.")
  private Path savedWeights;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Write run.json and weights.npz into this folder.")
  private Path out;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write the results as one JSON object.")
  private Path json;

  @Option(
      names = "--verbose",
      paramLabel = "auto|0|1|2",
      description =
          "0 nothing while training, 1 a progress bar, 2 one line an epoch; auto is 1 on a terminal and 2 elsewhere. Default: auto.")
  private String verbose;

  @Option(
      names = "--style",
      paramLabel = "STYLE",
      description = "The progress bar of keras3 or keras2. Default: ${DEFAULT-VALUE}.")
  private String style = "keras3";

  @Option(names = "--quiet", description = "Print warnings and errors only.")
  private boolean quiet;

  @Override
  public Integer call() {
    if (quiet) {
      System.setProperty("sinter.log", "WARN"); // read by the log's configuration, on first use
    }
    Recipe recipe = Recipe.of(recipeName);
    Optimizer optimizer = optimizer(recipe);
    Fit fit = fit(recipe);
    requirePositive("--hidden", hidden);
    DataChoice choice = dataOptions.choice();
    checkTargets();
    PrintWriter text =
        quiet ? new PrintWriter(PrintWriter.nullWriter()) : spec.commandLine().getOut();

    try (Model model = recipe.model(hidden == null ? 0 : hidden)) {
      model.seed(seed).backend(backend, new BackendOptions(device, threads, precision));
      long start = System.nanoTime();
      Backend opened = model.backend();
      double openSeconds = (System.nanoTime() - start) / 1e9;
      if (initialWeights != null) {
        model.setNamedWeights(Npz.read(initialWeights));
      }
      RecipeData data = recipe.data(choice);
      PrintWriter notes =
          quiet && data.source().equals("generated") ? spec.commandLine().getErr() : text;
      notes.println(data.note());
      notes.flush();
      model.compile(optimizer, recipe.loss(), Metric.ACCURACY);
      if (data.test() != null) {
        model.check("test data", data.test()); // before the training, not after it
      }
      text.printf(
          Locale.ROOT,
          "%s: %s on %s, %d samples%n",
          recipe.name(),
          opened.name(),
          opened.device(),
          data.train().size());
      text.flush();
      History history = model.fit(data.train(), fit);
      Evaluation test = data.test() == null ? null : model.evaluate(data.test());
      if (test != null) {
        requireFinite("test loss", test.loss());
      }
      double setupSeconds = openSeconds + history.setupSeconds();
      RunResult result =
          new RunResult(
              recipe.name(), opened, seed, fit, history, test, data.source(), setupSeconds);
      new TrainReport(text, model, recipe, data, result).print();
      write(model, result);
    }
    return 0;
  }

  private Optimizer optimizer(Recipe recipe) {
    Optimizer optimizer = Optimizer.of(optimizerName == null ? recipe.optimizer() : optimizerName);
    return learningRate == null ? optimizer : optimizer.withLearningRate(learningRate);
  }

  private Fit fit(Recipe recipe) {
    return Fit.epochs(epochs == null ? recipe.epochs() : epochs)
        .batchSize(batchSize == null ? recipe.batchSize() : batchSize)
        .shuffle(!noShuffle)
        .verbose(verbosity())
        .style(Style.of(style));
  }

  private String verbosity() {
    if (quiet && verbose != null) {
      throw InputException.of(
          "--quiet and --verbose", "one of them", "both", "Leave one of them out");
    }
    return quiet ? "0" : verbose == null ? "auto" : verbose;
  }

  private static void requirePositive(String option, Integer value) {
    if (value != null && value < 1) {
      throw InputException.of(option, "at least 1", value, "Correct the value");
    }
  }

  /** Finds out before training that the results can be written after it; creates nothing. */
  private void checkTargets() {
    if (out != null) {
      OutFolder.check(out);
    }
    List<Path> targets = targets();
    targets.forEach(AtomicFile::check);
    for (int i = 0; i < targets.size(); i++) {
      if (targets.subList(0, i).contains(targets.get(i))) {
        throw InputException.of(
            "--out, --json, --save-weights",
            "different files",
            targets.get(i) + " twice",
            "Rename one of them");
      }
    }
  }

  private static void requireFinite(String where, double value) {
    if (!Double.isFinite(value)) {
      throw new RunException(
          where
              + " after the last step: expected a finite number, received "
              + value
              + ". Training has diverged: use a smaller learning rate, or scale the inputs to about 0 to 1.");
    }
  }

  private List<Path> targets() {
    List<Path> targets = new ArrayList<>();
    if (out != null && Files.isDirectory(out)) {
      targets.add(out.resolve("run.json"));
      targets.add(out.resolve("weights.npz"));
    }
    if (json != null) {
      targets.add(json);
    }
    if (savedWeights != null) {
      targets.add(savedWeights);
    }
    return targets;
  }

  /** Writes everything, or nothing when the disk is full. */
  private void write(Model model, RunResult result) {
    Map<Path, AtomicFile.Content> files = new LinkedHashMap<>();
    AtomicFile.Content weights = Npz.content(model.getNamedWeights());
    AtomicFile.Content run = Json.content(result.toJson());
    boolean created = out != null && !Files.exists(out);
    if (out != null) {
      OutFolder.create(out);
      files.put(out.resolve("weights.npz"), weights);
      files.put(out.resolve("run.json"), run);
    }
    if (savedWeights != null) {
      files.put(savedWeights, weights);
    }
    if (json != null) {
      files.put(json, run);
    }
    try {
      AtomicFile.write(files);
    } catch (RunException problem) {
      if (created) {
        out.toFile().delete(); // empty: nothing was written
      }
      throw problem;
    }
  }
}
