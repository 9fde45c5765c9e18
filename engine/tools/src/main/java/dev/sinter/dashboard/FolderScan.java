package dev.sinter.dashboard;

import dev.sinter.data.Npz;
import dev.sinter.errors.InputException;
import dev.sinter.runs.Run;
import dev.sinter.runs.RunFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Scans a folder for runs repeatedly, and reads only those with changed files. A folder without
 * run.json is not a run, so other content is ignored. One thread at a time may use it.
 */
final class FolderScan {
  private static final String PNG = ".png";

  private record Known(String stamp, RunCard card) {}

  private final Path folder;
  private Map<String, Known> known = new HashMap<>();

  FolderScan(Path folder) {
    this.folder = folder;
  }

  /** Returns all runs by folder name; none if the folder does not exist. */
  Map<String, RunCard> scan() {
    Map<String, Known> found = new TreeMap<>();
    for (Path run : subfolders()) {
      String id = run.getFileName().toString();
      String stamp =
          stamp(run.resolve(RunFolder.RUN))
              + stamp(run.resolve(RunFolder.HISTORY))
              + stamp(run.resolve(RunFolder.WEIGHTS))
              + stamp(run.resolve(RunFolder.FIGURES));
      Known before = known.get(id);
      found.put(
          id,
          before != null && before.stamp.equals(stamp)
              ? before
              : new Known(stamp, read(run, id, stamp)));
    }
    known = found;
    Map<String, RunCard> cards = new TreeMap<>();
    found.forEach((id, run) -> cards.put(id, run.card));
    return cards;
  }

  private List<Path> subfolders() {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(entry -> !entry.getFileName().toString().startsWith("."))
          .filter(RunFolder::isRun)
          .toList();
    } catch (IOException | UncheckedIOException gone) {
      return List.of();
    }
  }

  private static RunCard read(Path folder, String id, String stamp) {
    String version = Integer.toHexString(stamp.hashCode());
    try {
      Run run = RunFolder.read(folder);
      Path file = folder.resolve(RunFolder.WEIGHTS);
      boolean trained = Files.isRegularFile(file) && RunCard.drawsDigits(run.configuration());
      RunCard.Weights weights =
          trained ? new RunCard.Weights(run.recipe(), stamp(file), () -> Npz.read(file)) : null;
      return RunJson.card(id, run, weights, figures(folder), version);
    } catch (InputException problem) {
      return RunJson.unreadable(id, problem.getMessage(), version);
    }
  }

  /** Finds the figures by name; symbolic links are excluded, because they may lead anywhere. */
  private static Map<String, Path> figures(Path run) {
    Map<String, Path> figures = new TreeMap<>();
    Path folder = run.resolve(RunFolder.FIGURES);
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      return figures;
    }
    try (Stream<Path> files = Files.list(folder)) {
      files
          .filter(file -> file.getFileName().toString().endsWith(PNG))
          .filter(file -> !file.getFileName().toString().startsWith("."))
          .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
          .forEach(file -> figures.put(file.getFileName().toString(), file));
    } catch (IOException | UncheckedIOException gone) {
      return figures;
    }
    return figures;
  }

  /** Returns a text that changes with a file, or with the entries of a folder. */
  private static String stamp(Path file) {
    try {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      return attributes.lastModifiedTime().toMillis() + "-" + attributes.size() + ".";
    } catch (IOException missing) {
      return "none.";
    }
  }
}
