package dev.sinter;

import dev.sinter.data.Npz;
import dev.sinter.errors.InputException;
import dev.sinter.errors.RunException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The checkpoints of one training: a file each, named by the step; the last two are kept. */
record CheckpointFolder(Path folder) {
  private static final Logger LOG = LoggerFactory.getLogger(Checkpoint.class);
  private static final Pattern NAME = Pattern.compile("checkpoint-\\d{12,19}\\.npz");

  /** What a process that was killed may have left of a file. */
  private static final String TEMPORARY = ".sinter-";

  private static final int KEPT = 2;

  /** Returns the checkpoints in a folder, the newest first; none where there is no such folder. */
  static List<Path> files(Path folder) {
    return list(folder).stream()
        .filter(file -> NAME.matcher(file.getFileName().toString()).matches())
        .sorted(Comparator.reverseOrder())
        .toList();
  }

  private static List<Path> list(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.toList();
    } catch (IOException | UncheckedIOException e) {
      throw InputException.of(
          folder.toString(),
          "a folder of checkpoints that can be read",
          "an error (" + e.getMessage() + ")",
          "Change its permissions, or choose another folder",
          e);
    }
  }

  /** Makes ready for a training: the folder is there, and holds nothing half-written. */
  void prepare() {
    try {
      Files.createDirectories(folder);
      for (Path file : list(folder)) {
        if (file.getFileName().toString().startsWith(TEMPORARY)) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException e) {
      throw InputException.of(
          "checkpoints, " + folder,
          "a folder that exists or can be created",
          "an error (" + e + ")",
          "Choose another folder",
          e);
    }
  }

  /**
   * Returns the newest checkpoint that is intact; null where there is none. A damaged one is
   * reported, and the one before is used.
   *
   * @throws InputException when there are checkpoints, but none is intact
   */
  @Nullable TrainingCheckpoint newest() {
    List<Path> files = files(folder);
    InputException problem = null;
    for (Path file : files) {
      try {
        return TrainingCheckpoint.of(file.toString(), Npz.read(file));
      } catch (InputException damaged) {
        problem = problem == null ? damaged : problem;
        LOG.warn(
            "checkpoint {} is damaged; the one before is used, if there is one. {}",
            file.getFileName(),
            damaged.getMessage());
      }
    }
    if (problem != null) {
      throw problem;
    }
    return null;
  }

  /**
   * Writes a checkpoint, completely or not at all, and removes those before the last two.
   *
   * @throws RunException when writing fails; the checkpoints before are there still
   */
  void write(TrainingCheckpoint checkpoint) {
    if (!checkpoint.isFinite()) {
      LOG.warn("{}: no checkpoint of weights that are not finite; those before stay", folder);
      return;
    }
    String name = String.format(Locale.ROOT, "checkpoint-%012d.npz", checkpoint.iterations());
    Path file = folder.resolve(name);
    try {
      Npz.write(file, checkpoint.arrays());
      for (Path old : files(folder).stream().skip(KEPT).toList()) {
        Files.deleteIfExists(old);
      }
    } catch (InputException gone) { // the folder was removed, or made unwritable
      throw new RunException(gone.getMessage(), gone);
    } catch (IOException e) {
      LOG.warn("{}: an older checkpoint could not be removed ({})", folder, e.toString());
    }
  }
}
