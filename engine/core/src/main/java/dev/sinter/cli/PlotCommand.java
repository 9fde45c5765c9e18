package dev.sinter.cli;

import dev.sinter.Model;
import dev.sinter.backend.BackendOptions;
import dev.sinter.data.AtomicFile;
import dev.sinter.data.Npz;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.errors.RunException;
import dev.sinter.figures.EpochSeries;
import dev.sinter.figures.ModelFigures;
import dev.sinter.figures.Png;
import dev.sinter.figures.TrainingCurves;
import dev.sinter.recipes.Recipe;
import dev.sinter.recipes.RecipeData;
import java.awt.image.BufferedImage;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sinter plot RECIPE}: figures of trained weights on the recipe's data, as PNG files. */
@Command(
    name = "plot",
    description =
        "Draws figures of trained weights: samples, predictions, mistakes, one sample with its"
            + " probabilities, confusion, accuracy by label, weights; and curves by epoch.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    sortOptions = false)
final class PlotCommand implements Callable<Integer> {
  private static final String WEIGHTS = "weights.npz";
  private static final String HISTORY = "history.csv";

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @Parameters(paramLabel = "RECIPE", description = "mnist-dense, mnist-sigmoid or digits01.")
  private String recipeName;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Write the figures into this folder.")
  private Path out;

  @Option(
      names = "--weights",
      paramLabel = "W.npz",
      description = "The trained weights. Default: weights.npz in --out, where there is one.")
  private Path weights;

  @Option(
      names = "--history",
      paramLabel = "H.csv",
      description =
          "Draw curves from this table: epoch, accuracy, loss, val_accuracy, val_loss."
              + " Default: history.csv in --out, where there is one.")
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
  public Integer call() {
    Recipe recipe = Recipe.of(recipeName);
    OutFolder.check(out);
    weights = weights == null ? existing(WEIGHTS) : weights;
    history = history == null ? existing(HISTORY) : history;
    if (weights == null && history == null) {
      throw InputException.of(
          "plot",
          "--weights W.npz or --history H.csv",
          "neither, and no " + WEIGHTS + " or " + HISTORY + " in " + out,
          "Train with --save-weights W.npz first");
    }
    Map<String, Supplier<BufferedImage>> figures = new LinkedHashMap<>();
    if (history != null) {
      EpochSeries series = EpochSeries.read(history);
      figures.put("curves.png", () -> TrainingCurves.of(recipe.name(), series));
    }
    if (weights != null) {
      figures.putAll(ofModel(recipe, Npz.read(weights)));
    }
    write(figures);
    return 0;
  }

  private Path existing(String name) {
    Path file = out.resolve(name);
    return Files.exists(file) ? file : null;
  }

  private Map<String, Supplier<BufferedImage>> ofModel(Recipe recipe, Map<String, Tensor> saved) {
    try (Model model = recipe.model(hidden(saved))) {
      model.backend(backend, BackendOptions.DEFAULT).setNamedWeights(saved);
      RecipeData data = recipe.data(dataOptions.choice());
      spec.commandLine().getOut().println(data.note());
      String run = recipe.name() + (data.source().equals("generated") ? ", generated digits" : "");
      return ModelFigures.of(
          model, new ModelFigures.Subject(run, data.train(), data.test(), recipe.layout(), sample));
    }
  }

  /** Returns the units of the first layer that was saved; 0, the recipe's own, where none was. */
  private static int hidden(Map<String, Tensor> saved) {
    Tensor kernel = saved.get("dense/kernel");
    return kernel == null || kernel.rank() != 2 ? 0 : kernel.dimension(1);
  }

  /** Draws and writes everything, or nothing when a figure cannot be drawn or the disk is full. */
  private void write(Map<String, Supplier<BufferedImage>> figures) {
    Map<Path, AtomicFile.Content> files = new LinkedHashMap<>();
    figures.forEach((name, figure) -> files.put(out.resolve(name), Png.content(figure)));
    boolean created = !Files.exists(out);
    OutFolder.create(out);
    try {
      AtomicFile.write(files);
    } catch (InputException | RunException problem) {
      if (created) {
        out.toFile().delete(); // empty: nothing was written
      }
      throw problem;
    }
    PrintWriter text = spec.commandLine().getOut();
    files.keySet().forEach(file -> text.println(file));
    text.flush();
  }
}
