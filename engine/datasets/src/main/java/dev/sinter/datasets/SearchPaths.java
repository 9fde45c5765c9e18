package dev.sinter.datasets;

import dev.sinter.io.CacheFolder;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The folders and mirrors that a search for MNIST knows, made from the environment once.
 *
 * @param namedFolder what SINTER_DATA names, or null
 * @param cache where downloads are kept: holds {@code mnist/}
 * @param keras Keras's copy, one .npz
 * @param torchvision folders where torchvision keeps the four files
 * @param mirrors folders on the network, each ending in '/'
 * @param files what a copy of MNIST must be
 * @param limits of downloads
 */
record SearchPaths(
    Path namedFolder,
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

  /** Returns the places of an environment, a home folder and a working folder. */
  static SearchPaths of(Map<String, String> environment, Path home, Path working) {
    String named = environment.getOrDefault(VARIABLE, "");
    Path cache = CacheFolder.of(environment, home);
    Path caches = cache.getParent();
    return new SearchPaths(
        named.isBlank() ? null : working.resolve(named),
        cache,
        home.resolve(".keras/datasets/mnist.npz"),
        List.of(
            working.resolve("data/MNIST/raw"),
            home.resolve("data/MNIST/raw"),
            caches.resolve("torchvision/MNIST/raw"),
            caches.resolve("torch/datasets/MNIST/raw")),
        MIRRORS,
        MnistFiles.published(),
        Download.Limits.standard());
  }
}
