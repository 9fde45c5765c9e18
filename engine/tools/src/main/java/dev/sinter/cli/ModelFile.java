package dev.sinter.cli;

import dev.sinter.Model;
import dev.sinter.errors.InputException;
import dev.sinter.runs.RunFolder;
import dev.sinter.saving.Formats;
import dev.sinter.saving.SavedModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/** A model named on the command line: a file, or the folder of a run in place of its model. */
final class ModelFile {
  /** The note of a saved model that names its recipe. */
  static final String RECIPE_NOTE = "recipe";

  /** The note of a saved model that says how its data was prepared, as JSON. */
  static final String DATA_NOTE = "data";

  private ModelFile() {}

  /**
   * Returns the file.
   *
   * @param command for messages
   * @param name as typed
   */
  static Path path(String command, String name) {
    Path file = Names.path(command, name);
    if (!Files.isDirectory(file)) {
      return file;
    }
    Path model = file.resolve(RunFolder.MODEL);
    if (Files.exists(model)) {
      return model;
    }
    throw InputException.of(
        file.toString(),
        "a model file, or the folder of a run that holds " + RunFolder.MODEL,
        RunFolder.isRun(file)
            ? "a run without it; its status is " + RunFolder.read(file).statusText(Instant.now())
            : "a folder without it",
        "Name a run that has finished, or a file");
  }

  /** Reads a file by the format that its name says. */
  static SavedModel read(Path file) {
    return Formats.model(file).read(file);
  }

  /** Creates a model with the layers and the weights alone, not compiled. */
  static Model layersAndWeights(SavedModel saved) {
    return Model.of(
        new SavedModel(
            saved.name(),
            saved.input(),
            saved.layers(),
            saved.connections(),
            saved.weights(),
            null,
            null,
            saved.notes()));
  }
}
