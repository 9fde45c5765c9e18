package dev.sinter.datasets;

import dev.sinter.io.CacheFolder;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The folders and mirrors of a search for MNIST, read from the environment once.
 *
 * @param namedFolder the value of SINTER_DATA, or null
 * @param cache the folder for downloads, which holds {@code mnist/}
 * @param keras the copy of Keras, one .npz file
 * @param torchvision folders in which torchvision keeps the four files
 * @param mirrors folders on the network, each ending in '/'
 * @param files the expected files of MNIST
 * @param limits time limits of downloads
 */
record SearchPaths(
    @Nullable Path namedFolder,
    Path cache,
    Path keras,
    List<Path> torchvision,
    List<URI> mirrors,
    MnistFiles files,
    Download.Limits limits) {
  static final String VARIABLE = "SINTER_DATA";

  private static final List<URI> MIRRORS =
      List.of(
          URI.create("https://storage.googleapis.com/cvdf-datasets/mnist/"),
          URI.create("https://ossci-datasets.s3.amazonaws.com/mnist/"));

  static SearchPaths system() {
    return of(System.getenv(), Path.of(System.getProperty("user.home", ".")), Path.of(""));
  }

  /** Derives the places from environment variables, the home folder and the working folder. */
  static SearchPaths of(Map<String, String> environment, Path home, Path working) {
    String named = environment.getOrDefault(VARIABLE, "");
    Path cache = CacheFolder.of(environment, home);
    return new SearchPaths(
        named.isBlank() ? null : working.resolve(named),
        cache,
        home.resolve(".keras/datasets/mnist.npz"),
        List.of(
            working.resolve("data/MNIST/raw"),
            home.resolve("data/MNIST/raw"),
            cache.resolveSibling("torchvision/MNIST/raw"),
            cache.resolveSibling("torch/datasets/MNIST/raw")),
        MIRRORS,
        MnistFiles.published(),
        Download.Limits.standard());
  }
}
