package dev.sinter.cli;

import dev.sinter.Model;
import dev.sinter.backend.BackendOptions;
import dev.sinter.data.Npz;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.figures.EpochSeries;
import dev.sinter.recipes.DataChoice;
import dev.sinter.recipes.Recipe;
import dev.sinter.recipes.RecipeData;
import dev.sinter.recipes.Task;
import dev.sinter.runs.Run;
import dev.sinter.runs.RunFolder;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code sinter plot RECIPE|RUN}: draws figures of trained weights on the data of a recipe, as PNG
 * files; or redraws those of a run folder.
 */
@Command(
    name = "plot",
    description =
        "Draws figures of trained weights: samples, predictions, mistakes, one sample with its"
            + " probabilities, confusion, accuracy by label, weights; and curves by epoch.",
    sortOptions = false)
final class PlotCommand extends Subcommand {
  @Parameters(
      paramLabel = "RECIPE|RUN",
      description =
          "mnist-dense, mnist-sigmoid, digits01 or mnist-convnet; or a folder written by train --out.")
  private String what;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "Write the figures into this folder. Default for a run: its own figures; a recipe needs"
              + " it.")
  private Path out;

  @Option(
      names = "--weights",
      paramLabel = "W.npz",
      description = "The trained weights. Default: weights.npz in the run or in --out.")
  private Path weights;

  @Option(
      names = "--history",
      paramLabel = "H.csv",
      description =
          "Draw curves from this table: epoch, accuracy, loss, val_accuracy, val_loss."
              + " Default: history.csv in the run or in --out.")
  private Path history;

  @Option(
      names = "--sample",
      paramLabel = "N",
      description = "The test sample drawn with its probabilities. Default: ${DEFAULT-VALUE}.")
  private int sample;

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      description = "auto, cuda, onednn, nd4j or reference. Default: ${DEFAULT-VALUE}.")
  private String backend = "auto";

  @Mixin private DataOptions dataOptions;

  @Override
  void run() {
    Map<String, Supplier<BufferedImage>> figures =
        Recipe.names().contains(what) ? ofRecipe(Recipe.of(what)) : ofRun(read());
    OutFolder.draw(out, figures).forEach(out()::println);
  }

  private Run read() {
    Path folder = Names.path("plot", what);
    if (!Files.exists(folder)) {
      throw new InputException(
          "plot: expected one of %s, or the folder of a run, received \"%s\". Correct the name."
              .formatted(String.join(", ", Recipe.names()), what));
    }
    return RunFolder.read(folder);
  }

  private Map<String, Supplier<BufferedImage>> ofRecipe(Recipe recipe) {
    if (out == null) {
      throw InputException.of(
          "plot " + what, "--out DIR", "nothing", "Name the folder for the figures");
    }
    OutFolder.check(out);
    Path saved = weights == null ? existing(out, RunFolder.WEIGHTS) : weights;
    Path table = history == null ? existing(out, RunFolder.HISTORY) : history;
    if (saved == null && table == null) {
      throw InputException.of(
          "plot",
          "--weights W.npz or --history H.csv",
          "neither, and no " + RunFolder.WEIGHTS + " or " + RunFolder.HISTORY + " in " + out,
          "Train with --save-weights W.npz first");
    }
    RunFigures figures = new RunFigures(recipe, null, sample);
    EpochSeries series = table == null ? null : EpochSeries.read(table);
    return figures(figures, series, saved, dataOptions.choice());
  }

  private Map<String, Supplier<BufferedImage>> ofRun(Run run) {
    Task task =
        NetworkRun.isOne(run.folder())
            ? new NetworkRun(run.folder()).task()
            : Recipe.of(run.recipe());
    out = out == null ? run.folder().resolve(RunFolder.FIGURES) : out;
    OutFolder.check(out);
    Path saved = weights == null ? existing(run.folder(), RunFolder.WEIGHTS) : weights;
    EpochSeries series = history == null ? run.history() : EpochSeries.read(history);
    if (saved == null && series.epochs().isEmpty()) {
      throw InputException.of(
          "plot " + what,
          RunFolder.WEIGHTS + ", or an epoch in " + RunFolder.HISTORY,
          "neither; the run's status is " + run.statusText(Instant.now()),
          "Plot a run with more progress");
    }
    DataChoice choice = dataOptions.choiceOr(run.configuration());
    return figures(new RunFigures(task, run.name(), sample), series, saved, choice);
  }

  private static Path existing(Path folder, String name) {
    Path file = folder.resolve(name);
    return Files.exists(file) ? file : null;
  }

  /**
   * Collects the figures: curves if there is a series, figures of the model if its weights are
   * saved.
   */
  private Map<String, Supplier<BufferedImage>> figures(
      RunFigures figures, EpochSeries series, Path saved, DataChoice choice) {
    Map<String, Supplier<BufferedImage>> all = new LinkedHashMap<>();
    if (series != null) {
      all.putAll(figures.ofHistory(series));
    }
    if (saved != null) {
      Map<String, Tensor> arrays = Npz.read(saved);
      try (Model model = figures.task().model(arrays)) {
        model.backend(backend, BackendOptions.DEFAULT).setNamedWeights(arrays);
        RecipeData data = figures.task().data(choice);
        out().println(data.note());
        all.putAll(figures.ofModel(model, data));
      }
    }
    return all;
  }
}
