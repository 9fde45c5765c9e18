package dev.sinter.spark;

import dev.sinter.errors.RunException;
import dev.sinter.saving.Formats;
import dev.sinter.saving.SavedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A model as the bytes of a .keras file, to be sent. */
final class NetworkBytes {
  private NetworkBytes() {}

  /**
   * Returns the bytes of a model.
   *
   * @throws dev.sinter.errors.InputException for a layer that the format lacks
   */
  static byte[] of(SavedModel model) {
    return withFile(
        file -> {
          Formats.model(file).write(file, model);
          return Files.readAllBytes(file);
        });
  }

  /** Returns the model that bytes hold. */
  static SavedModel read(byte[] bytes) {
    return withFile(
        file -> {
          Files.write(file, bytes);
          return Formats.model(file).read(file);
        });
  }

  private interface Use<T> {
    T apply(Path file) throws IOException;
  }

  private static <T> T withFile(Use<T> use) {
    try {
      Path file = Files.createTempFile("sinter-", ".keras");
      try {
        return use.apply(file);
      } finally {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw RunException.of(
          "model on its way between processes",
          "a temporary file in " + System.getProperty("java.io.tmpdir"),
          e.getMessage(),
          "Make room in that folder, or set java.io.tmpdir",
          e);
    }
  }
}
