package dev.sinter.io;

import java.nio.file.Path;
import java.util.Map;

/**
 * The folder for what can be made again: downloads, compiled kernels, timings. Any number of
 * threads may call its methods.
 */
public final class CacheFolder {
  private CacheFolder() {}

  /** Returns $XDG_CACHE_HOME/sinter, or .cache/sinter in the user's home; it need not exist. */
  public static Path here() {
    return of(System.getenv(), Path.of(System.getProperty("user.home", ".")));
  }

  /** Returns the folder for an environment and a home folder. */
  public static Path of(Map<String, String> environment, Path home) {
    String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
    // The XDG specification has relative paths ignored.
    boolean hasXdg = !xdg.isEmpty() && Path.of(xdg).isAbsolute();
    return (hasXdg ? Path.of(xdg) : home.resolve(".cache")).resolve("sinter");
  }
}
