package dev.sinter.io;

import java.nio.file.Path;
import java.util.Map;

/**
 * The folder for files that can be recreated: downloads, compiled kernels, timings.
 *
 * <p>Any number of threads may call its methods.
 */
public final class CacheFolder {
  private CacheFolder() {}

  /** Returns $XDG_CACHE_HOME/sinter, or .cache/sinter in the home folder; it need not exist. */
  public static Path here() {
    return of(System.getenv(), Path.of(System.getProperty("user.home", ".")));
  }

  /** Returns the folder for an environment and a home folder. */
  public static Path of(Map<String, String> environment, Path home) {
    String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
    // The XDG specification says to ignore relative paths.
    boolean hasXdg = !xdg.isEmpty() && Path.of(xdg).isAbsolute();
    return (hasXdg ? Path.of(xdg) : home.resolve(".cache")).resolve("sinter");
  }
}
