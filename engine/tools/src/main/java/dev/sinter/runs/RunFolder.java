package dev.sinter.runs;

import dev.sinter.errors.InputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Reads the folders that {@code train --out} writes, also during training.
 *
 * <p>Content: {@link #RUN}, the settings and the results; {@link #HISTORY}, one line per epoch;
 * {@link #WEIGHTS} and {@link #MODEL}, at the end; {@link #FIGURES}, PNG files; {@code train} and
 * {@code validation} for TensorBoard.
 */
public final class RunFolder {
  /** The file that identifies a run folder. */
  public static final String RUN = "run.json";

  /** Numbers by epoch. */
  public static final String HISTORY = "history.csv";

  /** The trained weights. */
  public static final String WEIGHTS = "weights.npz";

  /** The trained model: layers, weights, what it is compiled for, the optimizer's state. */
  public static final String MODEL = "model.keras";

  /** The network of a run whose network a file describes. */
  public static final String NETWORK = "network.yaml";

  /** How the data of such a run was prepared. */
  public static final String DATA = "data.json";

  /** The folder of the checkpoints, of a run that writes them. */
  public static final String CHECKPOINTS = "checkpoints";

  /** The folder of the figures. */
  public static final String FIGURES = "figures";

  /**
   * The version of run.json that this version of Sinter writes; it reads all versions up to this
   * one.
   */
  public static final int FORMAT = 1;

  /**
   * A folder that is not a run, or an incomplete one.
   *
   * @param reason a complete message
   */
  public record Unreadable(Path folder, String reason) {}

  /**
   * The runs in a folder.
   *
   * @param runs the newest first
   * @param unreadable the others, by name
   */
  public record Listing(List<Run> runs, List<Unreadable> unreadable) {
    public Listing {
      runs = List.copyOf(runs);
      unreadable = List.copyOf(unreadable);
    }
  }

  private RunFolder() {}

  /** Returns whether a folder holds a run, readable or not. */
  public static boolean isRun(Path folder) {
    return Files.exists(folder.resolve(RUN));
  }

  /**
   * Reads a run.
   *
   * @throws InputException for a folder that is missing, not a run, damaged, or written by a newer
   *     Sinter
   */
  public static Run read(Path folder) {
    return new RunFile(folder).read();
  }

  /**
   * Reads the runs directly in a folder, except hidden ones.
   *
   * @throws InputException if there is no such folder, or it is not readable
   */
  public static Listing list(Path folder) {
    List<Run> runs = new ArrayList<>();
    List<Unreadable> unreadable = new ArrayList<>();
    for (Path candidate : folders(folder)) {
      try {
        runs.add(read(candidate));
      } catch (InputException problem) {
        unreadable.add(new Unreadable(candidate, problem.getMessage()));
      }
    }
    runs.sort(Comparator.comparing(Run::started).reversed().thenComparing(Run::name));
    return new Listing(runs, unreadable);
  }

  private static List<Path> folders(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw InputException.of(
          folder.toString(),
          "a folder of runs",
          Files.exists(folder) ? "something that is not a folder" : "nothing (no such folder)",
          "Train with --out " + folder.resolve("NAME") + " first, or name another folder");
    }
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(entry -> !entry.getFileName().toString().startsWith("."))
          .filter(Files::isDirectory)
          .sorted()
          .toList();
    } catch (IOException | UncheckedIOException problem) {
      throw new InputException(
          "%s: expected a folder of runs, received a read error (%s). Change its permissions, or name another folder."
              .formatted(folder, problem),
          problem);
    }
  }
}
