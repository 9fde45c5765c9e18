package dev.sinter.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.Model;
import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.io.AtomicFile;
import dev.sinter.layers.Activation;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Layer;
import dev.sinter.layers.Softmax;
import dev.sinter.networks.Preparation;
import dev.sinter.program.ActivationFunction;
import dev.sinter.report.Terminal;
import dev.sinter.saving.SavedModel;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sinter predict MODEL INPUT...}: what a model from a file says to samples from files. */
@Command(
    name = "predict",
    description = "Predicts samples: images (PNG, IDX), arrays (.npy), tables (CSV).",
    sortOptions = false)
final class PredictCommand extends Subcommand {
  private static final int FIRST_ROWS = 20;

  @Parameters(
      index = "0",
      paramLabel = "MODEL",
      description = "A model file, as model.keras; or a folder written by train --out.")
  private String what;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "INPUT",
      description = "Files of samples: .png, .npy, .csv, IDX images.")
  private List<String> inputs;

  @Option(
      names = "--recipe",
      paramLabel = "RECIPE",
      description =
          "Prepare images as this recipe does. Default: the one that the file names, else one with"
              + " as many features.")
  private String recipeName;

  @Mixin private BackendOption backendOption;

  @Option(names = "--all", description = "Print all rows. Default: the first 20 of each file.")
  private boolean all;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write all rows as one JSON object instead of the table.")
  private Path json;

  @Override
  void run() {
    if (json != null) {
      AtomicFile.check(json);
    }
    Path folder = Names.path("predict", what);
    if (NetworkRun.isOne(folder)) {
      Names.requireAbsent("--recipe", recipeName);
      NetworkRun run = new NetworkRun(folder);
      own(folder, run.model(), run.preparation());
      return;
    }
    Path file = ModelFile.path("predict", what);
    SavedModel saved = ModelFile.read(file);
    String prepared = saved.notes().get(ModelFile.DATA_NOTE);
    if (prepared != null && recipeName == null) {
      Preparation preparation = PreparationJson.read(file + ", note data", Json.parse(prepared));
      own(file, ModelFile.layersAndWeights(saved), preparation);
      return;
    }
    RecipeChoice chosen = RecipeChoice.of(saved, recipeName);
    InputFile reader = new InputFile(chosen.recipe(), saved.input().size());
    Map<Path, Dataset> samples = new LinkedHashMap<>();
    for (String input : inputs) {
      Path path = Names.path("predict", input);
      samples.put(path, reader.read(path));
    }
    try (Model model = ModelFile.layersAndWeights(saved)) {
      backendOption.open(model);
      Map<Path, Tensor> predictions = new LinkedHashMap<>();
      samples.forEach((path, each) -> predictions.put(path, model.predict(each)));
      int outputs = predictions.values().iterator().next().rowSize();
      PredictionTable table = new PredictionTable(meaning(saved, outputs), outputs, List.of());
      String recipe = chosen.recipe() == null ? null : chosen.recipe().name();
      report(file, chosen.note(), recipe, table, predictions);
    }
  }

  /** Predicts with a network of the user, whose files are prepared as in its training. */
  private void own(Path file, Model trained, Preparation preparation) {
    Map<Path, Dataset> samples = new LinkedHashMap<>();
    for (String input : inputs) {
      Path path = Names.path("predict", input);
      samples.put(path, preparation.read(path));
    }
    List<String> classes = preparation.classes();
    try (Model model = trained) {
      backendOption.open(model);
      Map<Path, Tensor> predictions = new LinkedHashMap<>();
      samples.forEach((path, each) -> predictions.put(path, model.predict(each)));
      int outputs = predictions.values().iterator().next().rowSize();
      boolean oneForTwo = outputs == 1 && classes.size() == 2;
      if (!classes.isEmpty() && outputs != classes.size() && !oneForTwo) {
        throw InputException.of(
            file.toString(),
            classes.size() + " outputs, one for each class that its data has",
            outputs,
            "Use the files that one training wrote");
      }
      PredictionTable.Meaning meaning =
          classes.isEmpty()
              ? PredictionTable.Meaning.NUMBERS
              : outputs == 1
                  ? PredictionTable.Meaning.ONE_OR_ZERO
                  : PredictionTable.Meaning.CLASSES;
      PredictionTable table = new PredictionTable(meaning, outputs, classes);
      report(file, "prepared as in the training", null, table, predictions);
    }
  }

  private void report(
      Path file, String note, String recipe, PredictionTable table, Map<Path, Tensor> predictions) {
    if (json == null) {
      print(note, table, predictions);
      return;
    }
    ObjectNode object = Json.object();
    object.put("model", file.toString());
    object.put("recipe", recipe);
    ArrayNode rows = object.putArray("rows");
    predictions.forEach((path, predicted) -> table.toJson(rows, path, predicted));
    AtomicFile.write(json, Json.content(object));
  }

  private void print(String note, PredictionTable table, Map<Path, Tensor> predictions) {
    PrintWriter notes = out();
    notes.println(note);
    notes.flush();
    StringBuilder text = new StringBuilder();
    StringBuilder more = new StringBuilder();
    predictions.forEach(
        (path, predicted) -> {
          int count = predicted.dimension(0);
          int shown = all ? count : Math.min(count, FIRST_ROWS);
          for (int row = 0; row < shown; row++) {
            table.add(path, predicted, row);
          }
          if (shown < count) {
            more.append(
                "%s: %s more rows; --all prints them%n"
                    .formatted(Names.printable(path.toString()), count - shown));
          }
        });
    for (String line : table.lines(Terminal.detect())) {
      text.append(line).append(System.lineSeparator());
    }
    // Not the writer of the command, which has another charset before Java 18.
    System.out.print(text.append(more));
    System.out.flush();
  }

  private static PredictionTable.Meaning meaning(SavedModel model, int outputs) {
    ActivationFunction last = activation(model.layers().get(model.layers().size() - 1).layer());
    if (last == ActivationFunction.SOFTMAX && outputs > 1) {
      return PredictionTable.Meaning.CLASSES;
    }
    return last == ActivationFunction.SIGMOID && outputs == 1
        ? PredictionTable.Meaning.ONE_OR_ZERO
        : PredictionTable.Meaning.NUMBERS;
  }

  /** Returns the activation of a layer; null for a layer without a known one. */
  private static ActivationFunction activation(Layer layer) {
    if (layer instanceof Dense dense) {
      return dense.activation();
    }
    if (layer instanceof Softmax) {
      return ActivationFunction.SOFTMAX;
    }
    return layer instanceof Activation activation ? activation.function() : null;
  }
}
