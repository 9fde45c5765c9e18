package dev.sinter.cli;

import dev.sinter.Model;
import dev.sinter.errors.InputException;
import dev.sinter.metrics.Metric;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.recipes.Recipe;
import dev.sinter.report.Style;
import dev.sinter.report.SummaryOptions;
import dev.sinter.report.Terminal;
import dev.sinter.saving.Formats;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code sinter summary RECIPE|MODEL}: shows the layers of the network of a recipe, of a model file
 * or of a weights file.
 */
@Command(
    name = "summary",
    description = "Shows the layers, weights and memory of a network.",
    sortOptions = false)
final class SummaryCommand extends Subcommand {
  @Parameters(
      paramLabel = "RECIPE|MODEL",
      description =
          "mnist-dense, mnist-sigmoid, digits01, mnist-convnet; a file of a model (.keras, .h5, ...) or of weights (.npz, ...); or a folder written by train --out.")
  private String what;

  @Option(
      names = "--style",
      paramLabel = "STYLE",
      description = "keras3 or keras2. Default: ${DEFAULT-VALUE}.")
  private String style = "keras3";

  @Option(
      names = "--hidden",
      paramLabel = "N",
      description = "Units of the first layer. Default: the recipe's.")
  private Integer hidden;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      description = "For the memory of a training step. Default: the recipe's.")
  private Integer batchSize;

  @Override
  void run() {
    Names.requirePositive("--hidden", hidden);
    Names.requirePositive("--batch-size", batchSize);
    SummaryOptions options = SummaryOptions.of(Terminal.detect()).style(Style.of(style));
    // Not the writer of the command, which has another charset before Java 18.
    System.out.print(text(options));
    System.out.flush();
  }

  private String text(SummaryOptions options) {
    if (Recipe.names().contains(what)) {
      return ofRecipe(Recipe.of(what), options);
    }
    if (!new File(what).exists() && !isNamedAsAFile()) {
      throw new InputException(
          "summary: expected one of %s, a model file (%s) or a weights file (%s), received \"%s\". Correct the name."
              .formatted(
                  String.join(", ", Recipe.names()),
                  String.join(", ", Formats.modelSuffixes()),
                  String.join(", ", Formats.weightsSuffixes()),
                  what));
    }
    Path file = ModelFile.path("summary", what);
    boolean model = Formats.findModel(file).isPresent();
    if (hidden != null || batchSize != null && !model) {
      throw new InputException(
          "%s: expected a recipe, received the file %s. Leave the option out."
              .formatted(hidden != null ? "--hidden" : "--batch-size", what));
    }
    return model ? ofModel(file, options) : WeightsSummary.of(file).text(options);
  }

  private boolean isNamedAsAFile() {
    String name = what.toLowerCase(Locale.ROOT);
    return Stream.of(Formats.modelSuffixes(), Formats.weightsSuffixes())
        .flatMap(List::stream)
        .anyMatch(name::endsWith);
  }

  private String ofModel(Path file, SummaryOptions options) {
    try (Model model = Model.of(ModelFile.read(file))) {
      return batchSize == null ? model.summaryText(options) : model.summaryText(options, batchSize);
    }
  }

  private String ofRecipe(Recipe recipe, SummaryOptions options) {
    try (Model model = recipe.model(hidden == null ? 0 : hidden)) {
      model.compile(Optimizer.of(recipe.optimizer()), recipe.loss(), Metric.ACCURACY);
      return model.summaryText(options, batchSize == null ? recipe.batchSize() : batchSize);
    }
  }
}
