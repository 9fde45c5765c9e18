package dev.sinter.callbacks;

import dev.sinter.errors.InputException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes the folders that callbacks write into. */
final class Folders {
  private Folders() {}

  /**
   * Creates a folder and those above it, where they are missing.
   *
   * @throws InputException when it cannot be created
   */
  static void create(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new InputException(
          "%s: expected a folder, or a place to create one, received %s. Write elsewhere, or change what is in the way."
              .formatted(folder, reason(e)),
          e);
    }
  }

  /** Returns what went wrong in the operating system's words. */
  static String reason(IOException cause) {
    if (cause instanceof FileSystemException file && file.getReason() != null) {
      return file.getReason();
    }
    return cause.getClass().getSimpleName() + ": " + cause.getMessage();
  }
}
