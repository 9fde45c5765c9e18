package dev.sinter.cli;

import dev.sinter.errors.InputException;
import dev.sinter.errors.RunException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** The folder that {@code --out} names: checked at the start, created when there is something. */
final class OutFolder {
  private OutFolder() {}

  /** Checks that a folder exists or can be created: that what exists of its path is a folder. */
  static void check(Path folder) {
    Path existing = folder.toAbsolutePath().normalize();
    // A symbolic link that leads nowhere exists, and is no folder.
    while (existing.getParent() != null && !Files.exists(existing, LinkOption.NOFOLLOW_LINKS)) {
      existing = existing.getParent();
    }
    if (!Files.isDirectory(existing) || !Files.isWritable(existing)) {
      throw InputException.of(
          "--out " + folder,
          "a folder that exists or can be created",
          existing + (Files.isDirectory(existing) ? ", which cannot be written to" : ", no folder"),
          "Choose another folder");
    }
  }

  static void create(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException problem) {
      throw new RunException(
          "--out "
              + folder
              + ": expected to create the folder, received an error ("
              + problem
              + "). Free some space or choose another folder.",
          problem);
    }
  }
}
