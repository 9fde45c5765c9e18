package dev.sinter.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.Evaluation;
import dev.sinter.Model;
import dev.sinter.ModelLayer;
import dev.sinter.backend.Backend;
import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.errors.RunException;
import dev.sinter.io.AtomicFile;
import dev.sinter.losses.Loss;
import dev.sinter.metrics.Metric;
import dev.sinter.networks.NetworkTask;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.recipes.DataChoice;
import dev.sinter.recipes.Recipe;
import dev.sinter.recipes.RecipeData;
import dev.sinter.saving.Compilation;
import dev.sinter.saving.SavedModel;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sinter evaluate MODEL}: loss and accuracy of a model from a file on test data. */
@Command(
    name = "evaluate",
    description = "Tests a model from a file: loss and accuracy.",
    sortOptions = false)
final class EvaluateCommand extends Subcommand {
  /** Prepares arrays of the user for models of any width: only unsigned bytes are scaled. */
  private static final Recipe ANY_WIDTH = Recipe.of("mnist-dense");

  @Parameters(
      paramLabel = "MODEL",
      description = "A model file, as model.keras; or a folder written by train --out.")
  private String what;

  @Option(
      names = "--recipe",
      paramLabel = "RECIPE",
      description =
          "Prepare the samples as this recipe does. Default: the one that the file names, else one"
              + " with as many features.")
  private String recipeName;

  @Mixin private DataOptions dataOptions;

  @Mixin private BackendOption backendOption;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write the results as one JSON object.")
  private Path json;

  @Override
  void run() {
    if (json != null) {
      AtomicFile.check(json);
    }
    Path folder = Names.path("evaluate", what);
    if (NetworkRun.isOne(folder)) {
      own(new NetworkRun(folder));
      return;
    }
    DataChoice choice = dataOptions.choice();
    Path file = ModelFile.path("evaluate", what);
    SavedModel saved = ModelFile.read(file);
    boolean own = choice.x() != null;
    if (!own && recipeName == null && saved.notes().containsKey(ModelFile.DATA_NOTE)) {
      throw InputException.of(
          file.toString(),
          "the folder of its run, which knows its data; or --x with --y",
          "the model of a network of your own alone",
          "Name the folder: sinter evaluate RUN");
    }
    RecipeChoice chosen = RecipeChoice.of(saved, recipeName);
    Recipe recipe =
        own
            ? chosen.recipe()
            : chosen.require(file, saved, "Test it on your own samples, with --x and --y");
    Loss loss = loss(file, saved, recipe);
    try (Model model = ModelFile.layersAndWeights(saved)) {
      Backend backend = backendOption.open(model);
      RecipeData data = (recipe == null ? ANY_WIDTH : recipe).data(choice);
      Dataset samples = own ? data.train() : limited(recipe, data.test(), choice.limit());
      model.compile(Optimizer.of("sgd"), loss, Metric.ACCURACY); // no step is made
      samples = labelled(samples, loss, outputs(model));
      PrintWriter text = out();
      text.println(data.note());
      text.println(chosen.note());
      if (saved.compilation() == null) {
        text.println("the file says no loss: " + loss.name() + " is the recipe's");
      }
      text.println(
          "%s: %s on %s, %s samples"
              .formatted(file.getFileName(), backend.name(), backend.device(), samples.size()));
      Evaluation test = finite(model.evaluate(samples));
      text.println(TrainReport.test(test));
      if (data.source().equals("generated")) {
        text.println(TrainReport.GENERATED);
      }
      if (json != null) {
        AtomicFile.write(json, Json.content(toJson(file, recipe, data, samples, test)));
      }
    }
  }

  /** Tests the network of a user on the samples that were kept for it, or on those of --data. */
  private void own(NetworkRun run) {
    Names.requireAbsent("--recipe", recipeName);
    DataChoice all = dataOptions.limitAlone();
    Names.requireAbsent("--limit", all.limit() == 0 ? null : all.limit());
    Path data = dataOptions.own();
    NetworkTask task =
        data == null ? run.task() : NetworkTask.tested(run.file(), run.preparation(), data);
    RecipeData known = task.data(all);
    Dataset samples = known.test();
    if (samples == null) {
      throw InputException.of(
          run.folder().toString(),
          "samples that were kept for testing, or --data with others",
          "none",
          "Add --data");
    }
    try (Model model = run.model()) {
      Backend backend = backendOption.open(model);
      model.compile(Optimizer.of("sgd"), task.loss(), task.metrics().toArray(Metric[]::new));
      PrintWriter text = out();
      text.println(known.note());
      text.println(
          "%s: %s on %s, %s samples"
              .formatted(task.name(), backend.name(), backend.device(), samples.size()));
      Evaluation test = finite(model.evaluate(samples));
      text.println(TrainReport.test(test));
      if (json != null) {
        ObjectNode object = Json.object();
        test.values().forEach((name, value) -> object.put("test_" + name, value));
        object.put("samples", samples.size());
        object.put("model", run.folder().toString());
        object.put("data", known.source());
        AtomicFile.write(json, Json.content(object));
      }
    }
  }

  private static Loss loss(Path file, SavedModel saved, Recipe recipe) {
    Compilation compilation = saved.compilation();
    if (compilation != null) {
      return compilation.loss();
    }
    if (recipe == null) {
      throw InputException.of(
          file.toString(),
          "a model that is compiled, or --recipe RECIPE, whose loss is taken",
          "a model without a loss, which fits no recipe",
          "Add --recipe");
    }
    return recipe.loss();
  }

  private static Dataset limited(Recipe recipe, Dataset test, int limit) {
    return limit == 0 ? test : recipe.first(test, limit);
  }

  private static int outputs(Model model) {
    List<ModelLayer> layers = model.layers();
    return layers.get(layers.size() - 1).outputs();
  }

  /**
   * Returns the samples with classes as rows or as indices, as the loss of the model wants them.
   */
  private static Dataset labelled(Dataset samples, Loss loss, int outputs) {
    Tensor labels = samples.sourceLabels();
    int wanted = loss.labelColumns(outputs);
    if (labels.rowSize() == 1 && wanted > 1) {
      return samples.toCategorical(wanted);
    }
    if (labels.rowSize() == outputs && outputs > 1 && wanted == 1) {
      int[] classes = new int[labels.dimension(0)];
      for (int row = 0; row < classes.length; row++) {
        classes[row] = labels.argmax(row);
      }
      return Dataset.of(samples.source(), Tensor.of(classes))
          .like(samples)
          .skip(samples.firstRow())
          .take(samples.size());
    }
    return samples; // evaluate names what does not fit
  }

  /** Refuses results of a network that has diverged. */
  private static Evaluation finite(Evaluation test) {
    if (!Double.isFinite(test.loss())) {
      throw RunException.of(
          "test loss",
          "a finite number",
          test.loss(),
          "Use a model whose training has not diverged, and inputs of about 0 to 1",
          null);
    }
    return test;
  }

  private ObjectNode toJson(
      Path file, Recipe recipe, RecipeData data, Dataset samples, Evaluation test) {
    ObjectNode object = Json.object();
    object.put("test_loss", test.loss());
    object.put("test_accuracy", test.accuracy());
    object.put("samples", samples.size());
    object.put("model", file.toString());
    object.put("recipe", recipe == null ? null : recipe.name());
    object.put("data", data.source());
    return object;
  }
}
