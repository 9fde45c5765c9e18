package dev.sinter.io;

import dev.sinter.errors.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Common parts of the file readers: checks before reading, and messages for wrong files. Any number
 * of threads may call its methods.
 */
public final class FileInput {
  /** The largest array that every JVM can allocate. */
  public static final int MAX_ELEMENTS = Integer.MAX_VALUE - 8;

  private FileInput() {}

  /**
   * Returns the size of a file in bytes.
   *
   * @param expected the expected kind of file, such as "an IDX file"
   * @throws InputException if the path is missing, not a regular file, or not readable
   */
  public static long requireFile(Path file, String expected) {
    if (Files.isDirectory(file)) {
      throw InputException.of(
          file.toString(), expected, "a folder", "Name the file itself, not its folder");
    }
    if (!Files.exists(file)) {
      throw missing(file, expected, null);
    }
    if (!Files.isRegularFile(file)) {
      throw InputException.of(
          file.toString(), expected, "something that is not a regular file", "Name a regular file");
    }
    if (!Files.isReadable(file)) {
      throw InputException.of(
          file.toString(), expected, "a file without read permission", "Change its permissions");
    }
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw unreadable(file, expected, e);
    }
  }

  /** Returns the error for a file that could not be read. */
  public static InputException unreadable(Path file, String expected, IOException cause) {
    if (cause instanceof NoSuchFileException) {
      return missing(file, expected, cause);
    }
    return new InputException(
        "%s: expected %s, received a read error (%s). Check the file and the disk it is on."
            .formatted(file, expected, reason(cause)),
        cause);
  }

  private static InputException missing(Path file, String expected, @Nullable IOException cause) {
    return InputException.of(
        file.toString(), expected, "nothing (no such file)", "Check the file name", cause);
  }

  /** Returns the reason in the words of the operating system, without the file name. */
  public static String reason(IOException cause) {
    if (cause instanceof java.nio.file.FileSystemException file && file.getReason() != null) {
      return file.getReason();
    }
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }

  /** Refuses an array that does not fit the heap, before anything is allocated. */
  public static void requireMemory(String where, long sizeBytes) {
    long limit = Runtime.getRuntime().maxMemory();
    if (sizeBytes > limit) {
      throw InputException.of(
          where,
          "data that fits the JVM heap of " + limit + " bytes",
          sizeBytes + " bytes",
          "Start Java with a larger -Xmx, or use a smaller file");
    }
  }
}
