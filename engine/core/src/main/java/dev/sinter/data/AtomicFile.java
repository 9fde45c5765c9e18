package dev.sinter.data;

import dev.sinter.errors.InputException;
import dev.sinter.errors.RunException;
import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Writes a file wholly or not at all: into a temporary file in the same folder, then moved over the
 * target.
 *
 * <p>A failure leaves the target as it was and no temporary file. A target that exists and is no
 * regular file (a device, a pipe) is written to directly; a symbolic link keeps pointing where it
 * points.
 */
public final class AtomicFile {
  /** What to write. */
  @FunctionalInterface
  public interface Content {
    /** Writes everything to {@code out}, which is buffered; closing it is not needed. */
    void writeTo(OutputStream out) throws IOException;
  }

  private AtomicFile() {}

  /**
   * Checks that a file can be written, without writing it: for the start of a long run.
   *
   * @throws InputException when the folder is missing or may not be written to, or when the target
   *     is itself a folder
   */
  public static void check(Path target) {
    if (Files.isDirectory(target)) {
      throw InputException.of(
          target.toString(), "a file to write", "a folder", "Add a file name to the path");
    }
    Path folder = folderOf(target);
    if (!Files.isDirectory(folder)) {
      throw InputException.of(
          target.toString(),
          "an existing folder " + folder,
          Files.exists(folder) ? "something that is no folder" : "no such folder",
          "Create the folder first, or write elsewhere");
    }
    if (!Files.isWritable(isDevice(target) ? target : folder)) {
      throw InputException.of(
          target.toString(),
          "a folder that can be written to",
          folder + ", which cannot",
          "Change its permissions, or write elsewhere");
    }
  }

  /**
   * Writes a file; an existing one is replaced.
   *
   * @throws InputException as {@link #check} does, before anything is written
   * @throws RunException when writing fails, on a full disk for example
   */
  public static void write(Path target, Content content) {
    check(target);
    try {
      Path real = Files.exists(target) ? target.toRealPath() : target;
      if (isDevice(real)) {
        fill(real, content);
      } else {
        replace(real, content);
      }
    } catch (IOException e) {
      throw new RunException(
          target
              + ": expected to write the whole file, received an error ("
              + FileInput.reason(e)
              + "). Nothing was changed: free some space or write elsewhere.",
          e);
    }
  }

  private static void replace(Path target, Content content) throws IOException {
    // Not Files.createTempFile: its files can be read by their owner alone, and stay so.
    Path temporary =
        folderOf(target)
            .resolve(".sinter-" + Long.toHexString(ThreadLocalRandom.current().nextLong()));
    try {
      fill(temporary, content);
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static void fill(Path file, Content content) throws IOException {
    try (FileOutputStream raw = new FileOutputStream(file.toFile());
        BufferedOutputStream out = new BufferedOutputStream(raw, 1 << 16)) {
      content.writeTo(out);
      out.flush();
      if (!isDevice(file)) {
        raw.getFD().sync(); // some file systems report a full disk no earlier
      }
    }
  }

  private static boolean isDevice(Path file) {
    return Files.exists(file) && !Files.isRegularFile(file);
  }

  private static Path folderOf(Path target) {
    return target.toAbsolutePath().getParent();
  }
}
