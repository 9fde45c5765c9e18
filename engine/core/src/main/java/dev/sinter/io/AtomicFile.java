package dev.sinter.io;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import dev.sinter.errors.InputException;
import dev.sinter.errors.RunException;
import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Writes a file wholly or not at all: into a temporary file in the same folder, then moved over the
 * target. Any number of threads may call its methods.
 *
 * <p>A failure leaves the target as it was and no temporary file. A target that exists and is no
 * regular file (a device, a pipe), or that is an open file by its descriptor ({@code /dev/stdout}),
 * is never replaced: content is added to it directly. A symbolic link keeps pointing where it
 * points.
 */
public final class AtomicFile {
  /** What to write. */
  @FunctionalInterface
  public interface Content {
    /** Writes everything to {@code out}, which is buffered; closing it is not needed. */
    void writeTo(OutputStream out) throws IOException;
  }

  private static final int BUFFER_BYTES = 1 << 16;
  private static final int MAX_LINKS = 40; // Linux's own limit

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
    boolean inPlace = isWrittenInPlace(target);
    if (!Files.isWritable(inPlace ? target : folder)) {
      throw InputException.of(
          target.toString(),
          (inPlace ? "something" : "a folder") + " that can be written to",
          inPlace ? "a device or pipe that cannot" : folder + ", which cannot",
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
    write(Map.of(target, content));
  }

  /**
   * Writes files that belong together: all of them, or none when the disk is full. Devices and
   * pipes come last, once the files are safe.
   *
   * @throws InputException as {@link #check} does, before anything is written
   * @throws RunException when writing fails
   */
  public static void write(Map<Path, Content> files) {
    files.keySet().forEach(AtomicFile::check);
    Map<Path, Path> temporaries = new LinkedHashMap<>(); // temporary -> target
    boolean changed = false;
    Path current = null;
    try {
      for (Map.Entry<Path, Content> file : files.entrySet()) {
        current = file.getKey();
        if (!isWrittenInPlace(current)) {
          Path target = Files.exists(current) ? current.toRealPath() : current;
          // Not Files.createTempFile: its files can be read by their owner alone, and stay so.
          String name = ".sinter-" + Long.toHexString(ThreadLocalRandom.current().nextLong());
          Path temporary = folderOf(target).resolve(name);
          temporaries.put(temporary, target);
          fill(temporary, file.getValue());
        }
      }
      for (Map.Entry<Path, Path> temporary : temporaries.entrySet()) {
        current = temporary.getValue();
        Files.move(temporary.getKey(), current, ATOMIC_MOVE, REPLACE_EXISTING);
        changed = true;
      }
      for (Map.Entry<Path, Content> file : files.entrySet()) {
        if (isWrittenInPlace(file.getKey())) {
          current = file.getKey();
          changed = true;
          append(current, file.getValue());
        }
      }
    } catch (IOException e) {
      throw RunException.of(
          String.valueOf(current),
          "to write the whole file",
          "an error (" + FileInput.reason(e) + ")",
          (changed ? "Free" : "Nothing was changed: free") + " some space or write elsewhere",
          e);
    } finally {
      temporaries.keySet().forEach(AtomicFile::deleteQuietly);
    }
  }

  private static void deleteQuietly(Path temporary) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      temporary.toFile().deleteOnExit(); // the failure that is under way says more than this one
    }
  }

  private static void fill(Path file, Content content) throws IOException {
    try (FileOutputStream raw = new FileOutputStream(file.toFile());
        BufferedOutputStream out = new BufferedOutputStream(raw, BUFFER_BYTES)) {
      content.writeTo(out);
      out.flush();
      raw.getFD().sync(); // some file systems report a full disk no earlier
    }
  }

  /** Appends: standard output may be a file that already holds what was printed. */
  private static void append(Path device, Content content) throws IOException {
    try (OutputStream out =
        new BufferedOutputStream(new FileOutputStream(device.toFile(), true), BUFFER_BYTES)) {
      content.writeTo(out);
    }
  }

  private static boolean isWrittenInPlace(Path file) {
    return Files.exists(file) && (!Files.isRegularFile(file) || isDescriptor(file));
  }

  /** Returns whether a path leads, link by link, to an open file of a process. */
  private static boolean isDescriptor(Path file) {
    Path path = file.toAbsolutePath().normalize();
    try {
      for (int links = 0; links < MAX_LINKS; links++) {
        if (path.startsWith("/proc") || path.startsWith("/dev/fd")) {
          return true;
        }
        if (!Files.isSymbolicLink(path)) {
          return false;
        }
        path = path.resolveSibling(Files.readSymbolicLink(path)).normalize();
      }
    } catch (IOException e) {
      return false; // the write that follows meets the same error and reports it
    }
    return false;
  }

  private static Path folderOf(Path target) {
    return target.toAbsolutePath().getParent();
  }
}
