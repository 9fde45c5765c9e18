package dev.sinter.cli;

import dev.sinter.Model;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.io.AtomicFile;
import dev.sinter.metrics.Metric;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.recipes.Recipe;
import dev.sinter.saving.Formats;
import dev.sinter.saving.ModelFormat;
import dev.sinter.saving.SavedModel;
import dev.sinter.saving.TrainingProgress;
import dev.sinter.saving.WeightsByName;
import dev.sinter.saving.WeightsFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sinter convert IN OUT}: a model or weights in another format. */
@Command(
    name = "convert",
    description =
        "Writes a model, or weights, in the format that the name of OUT says; replaces an existing OUT.",
    sortOptions = false)
final class ConvertCommand extends Subcommand {
  @Parameters(
      index = "0",
      paramLabel = "IN",
      description = "A file of a model or of weights; or a folder written by train --out.")
  private String in;

  @Parameters(index = "1", paramLabel = "OUT", description = "The file to write.")
  private String out;

  @Option(
      names = "--model",
      paramLabel = "MODEL|RECIPE",
      description =
          "The layers of weights that become a model: those of this model file, or of"
              + " mnist-dense, mnist-sigmoid, digits01 or mnist-convnet.")
  private String model;

  @Override
  void run() {
    Path from = ModelFile.path("convert", in);
    Path to = Names.path("convert", out);
    requireKnown(from);
    requireKnown(to);
    if (from.toAbsolutePath().normalize().equals(to.toAbsolutePath().normalize())) {
      throw InputException.of("convert", "two files", from + " twice", "Name another OUT");
    }
    AtomicFile.check(to);
    ModelFormat read = Formats.findModel(from).orElse(null);
    if (read != null && model != null) {
      throw InputException.of(
          "--model", "weights alone in " + from, "a whole model", "Leave the option out");
    }
    if (read != null) {
      write(to, read.read(from));
      return;
    }
    Map<String, Tensor> weights = Formats.weights(from).read(from);
    if (model != null) {
      write(to, model(from, weights));
    } else if (Formats.findModel(to).isPresent()) {
      throw InputException.of(
          to.toString(),
          "a model, or weights and --model MODEL|RECIPE, which says their layers",
          "the weights alone of " + from,
          "Add --model, or name a weights file: " + String.join(", ", Formats.weightsSuffixes()));
    } else {
      write(to, weights);
    }
  }

  private static void requireKnown(Path file) {
    if (Formats.findModel(file).isEmpty() && Formats.findWeights(file).isEmpty()) {
      throw InputException.of(
          file.toString(),
          "the name of a model (%s) or of weights (%s)"
              .formatted(
                  String.join(", ", Formats.modelSuffixes()),
                  String.join(", ", Formats.weightsSuffixes())),
          "another ending",
          "Name a file of such a format");
    }
  }

  /** Writes a model, or its weights, and says what got lost. */
  private void write(Path to, SavedModel saved) {
    ModelFormat format = Formats.findModel(to).orElse(null);
    if (format == null) {
      write(to, saved.weights());
      List<String> lost = new ArrayList<>(List.of("the layers"));
      lost.addAll(lost(saved, null));
      say(to, lost);
      return;
    }
    format.write(to, saved);
    SavedModel written = format.read(to);
    done(to, format.name(), written.weights());
    say(to, lost(saved, written));
  }

  private void write(Path to, Map<String, Tensor> weights) {
    WeightsFormat format = Formats.weights(to);
    format.write(to, weights);
    done(to, format.name(), weights);
  }

  private void done(Path to, String format, Map<String, Tensor> weights) {
    long parameters = weights.values().stream().mapToLong(Tensor::size).sum();
    out()
        .println(
            "%s: %s, %s parameters in %s arrays".formatted(to, format, parameters, weights.size()));
  }

  private void say(Path to, List<String> lost) {
    if (!lost.isEmpty()) {
      out().println("%s does not hold %s".formatted(to.getFileName(), String.join(", ", lost)));
    }
  }

  /**
   * Returns what a file does not hold of a model.
   *
   * @param written the model as the file gives it back; null for weights
   */
  private static List<String> lost(SavedModel saved, SavedModel written) {
    List<String> lost = new ArrayList<>();
    if (saved.compilation() != null && (written == null || written.compilation() == null)) {
      lost.add("the compile configuration");
    }
    TrainingProgress progress = saved.progress();
    if (progress != null && progress.iterations() > 0) {
      TrainingProgress kept = written == null ? null : written.progress();
      if (kept == null || kept.slots().size() < progress.slots().size()) {
        lost.add("the optimizer's state");
      }
    }
    String recipe = saved.notes().get(ModelFile.RECIPE_NOTE);
    if (recipe != null && (written == null || !written.notes().containsValue(recipe))) {
      lost.add("the name of the recipe");
    }
    return lost;
  }

  /** Returns the model with the layers of --model and weights from a file. */
  private SavedModel model(Path from, Map<String, Tensor> weights) {
    if (Recipe.names().contains(model)) {
      return ofRecipe(from, Recipe.of(model), weights);
    }
    Path file = ModelFile.path("--model", model);
    if (Formats.findModel(file).isEmpty() && !Files.exists(file)) {
      throw InputException.of(
          "--model",
          "one of %s, or a model file (%s)"
              .formatted(
                  String.join(", ", Recipe.names()), String.join(", ", Formats.modelSuffixes())),
          "\"" + model + "\"",
          "Correct the name");
    }
    SavedModel layers = ModelFile.read(file);
    SavedModel filled =
        new SavedModel(
            layers.name(),
            layers.input(),
            layers.layers(),
            layers.connections(),
            WeightsByName.match(from.toString(), weights, shapes(layers.weights())),
            layers.compilation(),
            null, // its training was that of other weights
            layers.notes());
    Model.of(filled).close(); // checks the values
    return filled;
  }

  /** Compiled as the recipe is, so that other tools can test it. */
  private static SavedModel ofRecipe(Path from, Recipe recipe, Map<String, Tensor> weights) {
    try (Model model = recipe.model(named(weights))) {
      model.setNamedWeights(
          WeightsByName.match(from.toString(), weights, shapes(model.getNamedWeights())));
      model.compile(Optimizer.of(recipe.optimizer()), recipe.loss(), Metric.ACCURACY);
      SavedModel saved = model.saved();
      return saved.note(ModelFile.RECIPE_NOTE, recipe.name());
    }
  }

  /** Returns weights in which a recipe finds its width, also where they have other names. */
  private static Map<String, Tensor> named(Map<String, Tensor> weights) {
    return weights.containsKey("dense/kernel")
        ? weights
        : weights.values().stream()
            .filter(each -> each.rank() == 2)
            .findFirst()
            .map(kernel -> Map.of("dense/kernel", kernel))
            .orElse(weights);
  }

  private static Map<String, int[]> shapes(Map<String, Tensor> weights) {
    Map<String, int[]> shapes = new LinkedHashMap<>();
    weights.forEach((name, value) -> shapes.put(name, value.shape()));
    return shapes;
  }
}
