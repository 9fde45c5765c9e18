package dev.sinter.benchmarks;

import dev.sinter.data.Dataset;
import dev.sinter.data.Npy;
import dev.sinter.errors.InputException;
import dev.sinter.errors.SinterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes the samples of a recipe as .npy files, for {@code benchmarks/peers/peers.py --data}:
 * train-x, train-y, test-x, test-y; pixels as uint8 if the recipe uses them, labels as class
 * indices.
 */
public final class ExportData {
  private ExportData() {}

  /** Arguments: a recipe and a folder. Exit code 2 for errors that the user can fix. */
  public static void main(String[] arguments) {
    try {
      if (arguments.length != 2) {
        throw InputException.of(
            "ExportData", "a recipe and a folder", arguments.length + " arguments", "Name both");
      }
      export(Workload.of(arguments[0], 1, 0, Workload.OWN_OPTIMIZER), Path.of(arguments[1]));
    } catch (SinterException e) {
      System.err.println(e.getMessage());
      System.exit(e instanceof InputException ? 2 : 1);
    }
  }

  /** Writes the four files; creates the folder if needed. */
  static void export(Workload work, Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw InputException.of(
          folder.toString(), "a folder that can be created", e.toString(), "Name another");
    }
    export(work, work.train(), folder, "train");
    export(work, work.test(), folder, "test");
  }

  private static void export(Workload work, Dataset samples, Path folder, String name) {
    int from = samples.firstRow();
    Npy.write(folder.resolve(name + "-x.npy"), samples.source().rows(from, from + samples.size()));
    Npy.write(folder.resolve(name + "-y.npy"), work.classes(samples));
  }
}
