package dev.sinter.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.Fit;
import dev.sinter.Model;
import dev.sinter.data.Dataset;
import dev.sinter.data.Npz;
import dev.sinter.errors.InputException;
import dev.sinter.figures.EpochSeries;
import dev.sinter.io.AtomicFile;
import dev.sinter.recipes.Recipe;
import dev.sinter.recipes.RecipeData;
import dev.sinter.runs.RunFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** The options of {@code train} for the output files. */
final class TrainTargets {
  @Option(
      names = "--save-weights",
      paramLabel = "W.npz",
      description = "Write the trained weights.")
  private Path savedWeights;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "Fill this new or empty folder with the run: run.json, history.csv, weights, figures,"
              + " TensorBoard events. The test set is then evaluated after each epoch as well.")
  private Path out;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write the results as one JSON object.")
  private Path json;

  private RunWriter run; // null if --out is absent
  private boolean resumed;

  /** Goes on with the run in a folder. */
  void resume(Path folder) {
    out = folder;
    resumed = true;
  }

  /** Returns the folder of the run, or null. */
  Path out() {
    return out;
  }

  /** Checks before training that the results can be written after it; creates nothing. */
  void check() {
    if (out != null && !resumed) {
      OutFolder.requireEmpty(out);
    }
    List<Path> targets = targets();
    targets.forEach(AtomicFile::check);
    for (int i = 0; i < targets.size(); i++) {
      if (targets.subList(0, i).contains(targets.get(i))) {
        throw new InputException(
            "--out, --json, --save-weights: expected different files, received %s twice. Rename one of them."
                .formatted(targets.get(i)));
      }
    }
  }

  private List<Path> targets() {
    List<Path> targets = new ArrayList<>();
    if (out != null && Files.isDirectory(out)) {
      targets.add(out.resolve(RunFolder.RUN));
      targets.add(out.resolve(RunFolder.HISTORY));
      targets.add(out.resolve(RunFolder.WEIGHTS));
    }
    Stream.of(json, savedWeights).filter(Objects::nonNull).forEach(targets::add);
    return targets;
  }

  /**
   * Prepares a run folder if requested.
   *
   * @param test the test set of the recipe, or null
   * @return the fit with the callbacks that write the folder
   */
  Fit begin(Recipe recipe, ObjectNode configuration, Fit fit, Dataset test) {
    if (out == null) {
      return fit;
    }
    run = new RunWriter(out, recipe.name(), configuration, resumed);
    return run.attach(fit, test);
  }

  /** Writes the reason of a failed training to the run folder. */
  void fail(Throwable cause) {
    if (run != null) {
      run.fail(cause);
    }
  }

  /** Writes all files, or none if the disk is full. Figures come last. */
  void write(Recipe recipe, Model model, RecipeData data, RunResult result) {
    Map<Path, AtomicFile.Content> files = new LinkedHashMap<>();
    AtomicFile.Content weights = Npz.content(model.getNamedWeights());
    if (out != null) {
      files.put(out.resolve(RunFolder.WEIGHTS), weights);
    }
    if (savedWeights != null) {
      files.put(savedWeights, weights);
    }
    if (json != null) {
      files.put(json, Json.content(result.toJson()));
    }
    if (run == null) {
      AtomicFile.write(files);
      return;
    }
    RunFigures figures = new RunFigures(recipe, run.name(), 0);
    EpochSeries history = EpochSeries.of(result.history());
    run.finish(files, () -> figures.of(history, model, data), result.toJson());
  }
}
