package dev.sinter.cli;

import dev.sinter.Model;
import dev.sinter.backend.Backend;
import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.Backends;
import dev.sinter.errors.InputException;
import dev.sinter.metrics.Metric;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.program.Fusion;
import dev.sinter.program.Program;
import dev.sinter.program.ProgramPrinter;
import dev.sinter.recipes.Recipe;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code sinter info}: the machine, each backend with the reason why it can or cannot run, and the
 * kernels and libraries in use; or the program of a recipe.
 */
@Command(
    name = "info",
    description =
        "Shows this machine, the backends, why each can or cannot run, and which kernels it uses.")
final class InfoCommand extends Subcommand {
  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      description =
          "Load only this backend, as training does. Default: all, in one process. "
              + "With --program: the program as this backend runs it by default.")
  private String backend;

  @Option(
      names = "--program",
      paramLabel = "RECIPE",
      description = "Print the training program of the recipe and its memory plan.")
  private String recipeName;

  @Option(
      names = "--device-model",
      paramLabel = "DEVICE",
      description =
          "With --program: predict the costs of a step on h100, rtx4090 or t4, without having one.")
  private String deviceModel;

  @Override
  void run() {
    if (deviceModel != null) {
      if (recipeName == null) {
        throw InputException.of(
            "--device-model", "--program RECIPE beside it", "none", "Add --program mnist-dense");
      }
      out().print(costs(Recipe.of(recipeName), deviceModel));
    } else if (recipeName != null) {
      out().print(program(Recipe.of(recipeName), backend));
    } else {
      InfoReport report =
          InfoReport.of(backend == null ? Backends.survey() : Backends.survey(backend));
      if (json) {
        out().println(Json.print(report.toJson()));
      } else {
        report.print(out());
      }
    }
  }

  /** Returns the predicted costs of training steps, from the first backend that has a model. */
  private static String costs(Recipe recipe, String device) {
    try (Model model = recipe.model(0)) {
      model.compile(Optimizer.of(recipe.optimizer()), recipe.loss(), Metric.ACCURACY);
      return Backends.providers().stream()
          .map(
              provider ->
                  provider.predict(
                      device,
                      recipe.batchSize(),
                      (batch, fusion) ->
                          model.trainingProgram(batch, recipe.labelColumns(), fusion)))
          .filter(table -> !table.isEmpty())
          .findFirst()
          .orElseThrow(
              () ->
                  InputException.of(
                      "--device-model",
                      "a backend that has a model of devices: cuda",
                      "none on the class path",
                      "Run SINTER_MAVEN_OPTIONS=-Pcuda scripts/sinter info, or add sinter-cuda"));
    }
  }

  /** Returns the program of a training step of a recipe, as a backend runs it if one is named. */
  private static String program(Recipe recipe, String backendName) {
    try (Model model = recipe.model(0)) {
      model.compile(Optimizer.of(recipe.optimizer()), recipe.loss(), Metric.ACCURACY);
      Backend backend =
          backendName == null ? null : Backends.open(backendName, BackendOptions.DEFAULT);
      Fusion fusion = backend == null ? Fusion.NONE : backend.fusion();
      Program program = model.trainingProgram(recipe.batchSize(), recipe.labelColumns(), fusion);
      if (backend == null) {
        return ProgramPrinter.print(program);
      }
      String execution = backend.execution(program);
      return "backend: %s on %s%n".formatted(backend.name(), backend.device())
          + (execution.isEmpty() ? "" : "execution: %s%n".formatted(execution))
          + ProgramPrinter.print(program);
    }
  }
}
