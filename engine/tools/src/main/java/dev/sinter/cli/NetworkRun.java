package dev.sinter.cli;

import dev.sinter.Model;
import dev.sinter.data.Npz;
import dev.sinter.errors.InputException;
import dev.sinter.io.AtomicFile;
import dev.sinter.io.FileInput;
import dev.sinter.networks.NetworkData;
import dev.sinter.networks.NetworkFile;
import dev.sinter.networks.NetworkTask;
import dev.sinter.networks.Preparation;
import dev.sinter.recipes.Task;
import dev.sinter.runs.Run;
import dev.sinter.runs.RunFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The folder of a run whose network a file describes: beside what every run has, it holds that file
 * and how data was prepared.
 */
record NetworkRun(Path folder) {
  static boolean isOne(Path folder) {
    return Files.exists(folder.resolve(RunFolder.NETWORK));
  }

  /** Returns the files that a run of a task begins with; none for a recipe. */
  static Map<Path, AtomicFile.Content> files(Path folder, Task task) {
    Map<Path, AtomicFile.Content> files = new LinkedHashMap<>();
    if (task instanceof NetworkTask network) {
      byte[] text = network.file().text().getBytes(StandardCharsets.UTF_8);
      files.put(folder.resolve(RunFolder.NETWORK), out -> out.write(text));
      files.put(
          folder.resolve(RunFolder.DATA),
          Json.content(PreparationJson.write(network.preparation())));
    }
    return files;
  }

  /**
   * Returns the task of the run, on the data that it was trained on.
   *
   * @throws InputException if the data is no longer the same: rows of the training could be tested
   */
  NetworkTask task() {
    Run run = RunFolder.read(folder);
    NetworkData.Place place = NetworkOptions.place(run.configuration());
    NetworkTask task = NetworkTask.of(file(), place, run.configuration().path("seed").asLong());
    String known = NetworkOptions.checksum(run.configuration());
    if (!task.checksum().equals(known)) {
      throw InputException.of(
          place.path().toString(),
          "the data that " + folder + " was trained on, checksum " + known,
          "data that has changed since, checksum " + task.checksum(),
          "Restore it, or test on other data: sinter evaluate RUN --data DATA");
    }
    return task;
  }

  NetworkFile file() {
    return NetworkFile.read(folder.resolve(RunFolder.NETWORK));
  }

  /** Returns how data was prepared. */
  Preparation preparation() {
    Path file = folder.resolve(RunFolder.DATA);
    FileInput.requireFile(file, "how the data of the run was prepared");
    try {
      return PreparationJson.read(file.toString(), Json.parse(Files.readString(file)));
    } catch (IOException problem) {
      throw FileInput.unreadable(file, "how the data of the run was prepared", problem);
    }
  }

  /** Returns the trained model. */
  Model model() {
    Path weights = folder.resolve(RunFolder.WEIGHTS);
    Model model = NetworkTask.restored(file(), preparation());
    model.setNamedWeights(Npz.read(weights));
    return model;
  }
}
