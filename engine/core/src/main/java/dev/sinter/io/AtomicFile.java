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
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Writes a file completely or not at all: into a temporary file in the same folder, which is then
 * moved over the target.
 *
 * <p>Any number of threads may call its methods.
 *
 * <p>A failure leaves the target unchanged and no temporary file. A target that is not a regular
 * file (a device, a pipe), or that names an open file by its descriptor ({@code /dev/stdout}), is
 * never replaced; the content is appended to it. A symbolic link keeps its target.
 */
public final class AtomicFile {
  /** The content of a file. */
  @FunctionalInterface
  public interface Content {
    /** Writes everything to {@code out}, which is buffered; need not close it. */
    void writeTo(OutputStream out) throws IOException;
  }

  private static final int BUFFER_BYTES = 1 << 16;
  private static final int MAX_LINKS = 40; // the limit of Linux

  private AtomicFile() {}

  /**
   * Checks that a file can be written, without writing it; for the start of a long run.
   *
   * @throws InputException if the folder is missing or not writable, or if the target is a folder
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
          Files.exists(folder) ? "something that is not a folder" : "no such folder",
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
   * Writes a file; replaces an existing one.
   *
   * @throws InputException like {@link #check}, before anything is written
   * @throws RunException if writing fails, for example on a full disk
   */
  public static void write(Path target, Content content) {
    write(Map.of(target, content));
  }

  /**
   * Writes files that belong together: all of them, or none if the disk is full. Devices and pipes
   * come last, after all files are complete.
   *
   * @throws InputException like {@link #check}, before anything is written
   * @throws RunException if writing fails
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
          // Not Files.createTempFile: only the owner could read its files, also after the move.
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
      temporary.toFile().deleteOnExit(); // the current failure is more informative than this one
    }
  }

  private static void fill(Path file, Content content) throws IOException {
    try (FileOutputStream raw = new FileOutputStream(file.toFile());
        BufferedOutputStream out = new BufferedOutputStream(raw, BUFFER_BYTES)) {
      content.writeTo(out);
      out.flush();
      raw.getFD().sync(); // some file systems report a full disk only here
    }
  }

  /** Appends, because standard output may be a file that already holds printed text. */
  private static void append(Path device, Content content) throws IOException {
    try (OutputStream out =
        new BufferedOutputStream(new FileOutputStream(device.toFile(), true), BUFFER_BYTES)) {
      content.writeTo(out);
    }
  }

  private static boolean isWrittenInPlace(Path file) {
    return Files.exists(file) && (!Files.isRegularFile(file) || isDescriptor(file));
  }

  /** Returns whether a path leads through links to an open file descriptor of a process. */
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
      return false; // the following write meets the same error and reports it
    }
    return false;
  }

  /** Returns the folder that holds a path; the path is no folder itself. */
  private static Path folderOf(Path target) {
    return Objects.requireNonNull(
        target.toAbsolutePath().getParent(), "a path that is no folder is no root");
  }
}
