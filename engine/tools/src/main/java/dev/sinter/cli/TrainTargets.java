package dev.sinter.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.Fit;
import dev.sinter.Model;
import dev.sinter.data.Dataset;
import dev.sinter.data.Npz;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.figures.EpochSeries;
import dev.sinter.io.AtomicFile;
import dev.sinter.networks.NetworkTask;
import dev.sinter.recipes.RecipeData;
import dev.sinter.recipes.Task;
import dev.sinter.runs.RunFolder;
import dev.sinter.saving.Formats;
import dev.sinter.saving.ModelFormat;
import dev.sinter.saving.SavedModel;
import dev.sinter.saving.WeightsFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/** The options of {@code train} for the output files. */
final class TrainTargets {
  private static final Logger LOG = LoggerFactory.getLogger(TrainTargets.class);

  @Option(
      names = "--save-weights",
      paramLabel = "FILE",
      description =
          "Write the trained weights, in the format of the file's name: .npz, .safetensors, ...")
  private Path savedWeights;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "Fill this new or empty folder with the run: run.json, history.csv, model, weights,"
              + " figures, TensorBoard events. The test set is then evaluated after each epoch as well.")
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
    if (savedWeights != null) {
      weightsFormat();
    }
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
      targets.add(out.resolve(RunFolder.MODEL));
    }
    Stream.of(json, savedWeights).filter(Objects::nonNull).forEach(targets::add);
    return targets;
  }

  /**
   * Prepares a run folder if requested.
   *
   * @param test the test set of the task, or null
   * @return the fit with the callbacks that write the folder
   */
  Fit begin(Task task, ObjectNode configuration, Fit fit, Dataset test) {
    if (out == null) {
      return fit;
    }
    run = new RunWriter(out, task.name(), configuration, resumed, NetworkRun.files(out, task));
    return run.attach(fit, test);
  }

  /** Writes the reason of a failed training to the run folder. */
  void fail(Throwable cause) {
    if (run != null) {
      run.fail(cause);
    }
  }

  /** Returns the format of --save-weights; a device, which has no ending, gets .npz. */
  private WeightsFormat weightsFormat() {
    boolean device = Files.exists(savedWeights) && !Files.isRegularFile(savedWeights);
    return Formats.weights(device ? Path.of(RunFolder.WEIGHTS) : savedWeights);
  }

  /**
   * Writes all files, or none if the disk is full; those of formats that write a file by themselves
   * come first, and figures last.
   */
  void write(Task task, Model model, RecipeData data, RunResult result) {
    Map<Path, AtomicFile.Content> files = new LinkedHashMap<>();
    List<Runnable> others = new ArrayList<>();
    Map<String, Tensor> arrays = model.getNamedWeights();
    AtomicFile.Content weights = Npz.content(arrays);
    if (out != null) {
      addModel(others, task, model);
      files.put(out.resolve(RunFolder.WEIGHTS), weights);
    }
    if (savedWeights != null && weightsFormat().suffixes().contains(".npz")) {
      files.put(savedWeights, weights);
    } else if (savedWeights != null) {
      others.add(() -> weightsFormat().write(savedWeights, arrays));
    }
    if (json != null) {
      files.put(json, Json.content(result.toJson()));
    }
    Runnable write =
        () -> {
          others.forEach(Runnable::run);
          AtomicFile.write(files);
        };
    if (run == null) {
      write.run();
      return;
    }
    RunFigures figures = new RunFigures(task, run.name(), 0);
    EpochSeries history = EpochSeries.of(result.history());
    run.finish(write, () -> figures.of(history, model, data), result.toJson());
  }

  /** Adds the model of the run, unless its format is not on the class path. */
  private void addModel(List<Runnable> others, Task task, Model model) {
    Path file = out.resolve(RunFolder.MODEL);
    SavedModel saved = noted(task, model.saved());
    Formats.findModel(file)
        .ifPresentOrElse(
            format -> others.add(() -> write(format, file, saved, task)),
            () -> LOG.debug("{} is not written: its format is not on the class path", file));
  }

  private static SavedModel noted(Task task, SavedModel saved) {
    return task instanceof NetworkTask network
        ? saved.note(ModelFile.DATA_NOTE, Json.print(PreparationJson.write(network.preparation())))
        : saved.note(ModelFile.RECIPE_NOTE, task.name());
  }

  /** A network of the user may have layers that the format lacks; the run holds its weights. */
  private static void write(ModelFormat format, Path file, SavedModel saved, Task task) {
    try {
      format.write(file, saved);
    } catch (InputException lacking) {
      if (!(task instanceof NetworkTask)) {
        throw lacking;
      }
      LOG.warn("{} is not written. {}", file, lacking.getMessage());
    }
  }
}
