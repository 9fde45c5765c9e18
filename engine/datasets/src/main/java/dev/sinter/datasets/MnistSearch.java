package dev.sinter.datasets;

import dev.sinter.errors.InputException;
import dev.sinter.io.FileInput;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One search for MNIST, from the folder named by the user to generated digits: see {@link Mnist}.
 */
final class MnistSearch {
  private final MnistOptions options;
  private final SearchPaths places;
  private final List<String> tried = new ArrayList<>(); // places without MNIST
  private final List<String> rejected = new ArrayList<>(); // places with other files

  MnistSearch(MnistOptions options, SearchPaths places) {
    this.options = options;
    this.places = places;
  }

  Mnist load() {
    if (options.generated()) {
      if (options.dataDir() != null) {
        throw InputException.of(
            "data", "a data folder or generated digits", "both", "Request only one of them");
      }
      return Mnist.generated(
          options.seed(), "Generated digits, as requested: accuracy is not comparable with MNIST");
    }
    if (options.dataDir() != null) {
      return fromNamed(options.dataDirName(), options.dataDir());
    }
    if (places.namedFolder() != null) {
      return fromNamed(SearchPaths.VARIABLE, places.namedFolder());
    }
    Mnist local = fromUsualPlaces();
    if (local != null) {
      return local;
    }
    String network = "the network is not allowed (offline)";
    if (!options.offline()) {
      try {
        return download();
      } catch (IOException e) {
        network = "download failed (" + FileInput.reason(e) + ")";
      } catch (InputException e) {
        network = "download failed (" + e.getMessage() + ")";
      }
    }
    return Mnist.generated(
        options.seed(),
        "Generated digits, accuracy is not comparable with MNIST: no MNIST in "
            + String.join(", ", tried)
            + rejections()
            + "; "
            + network
            + ". To use MNIST, name the folder that holds mnist/ as the data folder or in SINTER_DATA");
  }

  /** Reads a folder named by the user; fails if it does not hold the files. */
  private Mnist fromNamed(String option, Path named) {
    Path folder = named.resolve("mnist");
    List<String> missing = places.files().missing(folder);
    if (missing.size() == places.files().all().size() && places.files().missing(named).isEmpty()) {
      folder = named; // the named folder holds the files directly
      missing = List.of();
    }
    if (!missing.isEmpty()) {
      throw InputException.of(
          option + " " + named,
          places.files().all().stream()
              .map(RemoteFile::name)
              .collect(Collectors.joining(", ", "the files ", " (plain or .gz) in " + folder)),
          Files.isDirectory(folder)
              ? "a folder without " + String.join(", ", missing)
              : "no such folder",
          "Put the files there, name the folder that holds mnist/, or leave " + option + " unset");
    }
    return places.files().read(folder, "MNIST from " + folder);
  }

  private @Nullable Mnist fromUsualPlaces() {
    Mnist found = fromFolder(cacheFolder());
    if (found == null && Files.exists(places.keras())) {
      found = attempt(places.keras(), places.files()::readKeras);
    } else if (found == null) {
      tried.add(places.keras().toString());
    }
    for (Path folder : places.torchvision()) {
      if (found == null) {
        found = fromFolder(folder);
      }
    }
    return found;
  }

  private @Nullable Mnist fromFolder(Path folder) {
    if (!places.files().missing(folder).isEmpty()) {
      tried.add(folder.toString());
      return null;
    }
    return attempt(folder, places.files()::readVerified);
  }

  private @Nullable Mnist attempt(Path place, BiFunction<Path, String, Mnist> reader) {
    try {
      return reader.apply(place, "MNIST from " + place + rejections());
    } catch (InputException e) {
      rejected.add(e.getMessage());
      return null;
    }
  }

  /**
   * Allows one download at a time among all processes that share the cache; the others find its
   * files.
   */
  private Mnist download() throws IOException {
    Path folder = cacheFolder();
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      String problem =
          "the cache %s cannot be written to: %s; set XDG_CACHE_HOME to another folder";
      throw new IOException(problem.formatted(folder, FileInput.reason(e)), e);
    }
    synchronized (MnistSearch.class) { // a file lock is held by the whole JVM
      try (FileChannel channel =
          FileChannel.open(
              folder.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        channel.lock(); // until the channel is closed
        return download(folder);
      }
    }
  }

  private Mnist download(Path folder) throws IOException {
    Download download = new Download(places.mirrors(), places.limits());
    for (RemoteFile file : places.files().all()) {
      Path target = folder.resolve(file.zippedName());
      Path present = MnistFiles.find(folder, file);
      if (present == null || !file.isIntact(present)) {
        download.fetch(file, target);
      }
    }
    return places.files().readVerified(folder, "MNIST, downloaded to " + folder + rejections());
  }

  private String rejections() {
    return rejected.isEmpty() ? "" : "; ignored " + String.join(" ", rejected);
  }

  private Path cacheFolder() {
    return places.cache().resolve("mnist");
  }
}
