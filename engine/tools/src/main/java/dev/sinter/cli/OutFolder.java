package dev.sinter.cli;

import dev.sinter.errors.InputException;
import dev.sinter.errors.RunException;
import dev.sinter.errors.SinterException;
import dev.sinter.figures.Png;
import dev.sinter.io.AtomicFile;
import dev.sinter.runs.RunFolder;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The folder of {@code --out}: checked at the start, created when there is something to write. */
final class OutFolder {
  private OutFolder() {}

  /**
   * Checks that a folder exists or can be created: the existing part of its path must be a folder.
   */
  static void check(Path folder) {
    Path existing = folder.toAbsolutePath().normalize();
    // A broken symbolic link exists but is not a folder.
    while (existing.getParent() != null && !Files.exists(existing, LinkOption.NOFOLLOW_LINKS)) {
      existing = existing.getParent();
    }
    if (!Files.isDirectory(existing) || !Files.isWritable(existing)) {
      throw InputException.of(
          "--out " + folder,
          "a folder that exists or can be created",
          existing
              + (Files.isDirectory(existing) ? ", which cannot be written to" : ", not a folder"),
          "Choose another folder");
    }
  }

  /** Like {@link #check}, and also checks that the folder is empty. */
  static void requireEmpty(Path folder) {
    check(folder);
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> content = Files.list(folder)) {
      // What a training leaves that was killed while it wrote its first file.
      if (content.anyMatch(file -> !file.getFileName().toString().startsWith(".sinter-"))) {
        throw InputException.of(
            "--out " + folder,
            "a new folder, or an empty one",
            RunFolder.isRun(folder) ? "a folder that holds a run" : "a folder that holds files",
            "Choose another name, or remove it first");
      }
    } catch (IOException | UncheckedIOException problem) {
      throw InputException.of(
          "--out " + folder,
          "a folder that can be read",
          "an error (" + problem + ")",
          "Change its permissions, or choose another folder");
    }
  }

  /**
   * Draws figures into a folder like {@link #fill}: none if one of them cannot be drawn.
   *
   * @return the files
   */
  static Set<Path> draw(Path folder, Map<String, Supplier<BufferedImage>> figures) {
    Map<Path, AtomicFile.Content> files = new LinkedHashMap<>();
    figures.forEach((name, figure) -> files.put(folder.resolve(name), Png.content(figure)));
    fill(folder, files);
    return files.keySet();
  }

  /** Creates a folder and its parents and writes into it: all files, or no files and no folder. */
  static void fill(Path folder, Map<Path, AtomicFile.Content> files) {
    boolean missing = !Files.exists(folder);
    try {
      Files.createDirectories(folder);
      AtomicFile.write(files);
    } catch (SinterException problem) {
      if (missing) {
        folder.toFile().delete(); // succeeds only if empty
      }
      throw problem;
    } catch (IOException problem) {
      throw new RunException(
          "--out %s: expected to create the folder, received an error (%s). Free some space or choose another folder."
              .formatted(folder, problem),
          problem);
    }
  }
}
