package dev.sinter.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The name of this machine, for files and to tell machines apart. Any number of threads may call
 * its methods.
 */
public final class HostName {
  private static final Path LINUX = Path.of("/proc/sys/kernel/hostname");

  private HostName() {}

  /** Returns the name, of letters, digits, dots, hyphens and underscores; localhost if unknown. */
  public static String here() {
    String name = name();
    String legal = name == null ? "" : name.strip().replaceAll("[^A-Za-z0-9._-]", "_");
    return legal.isEmpty() ? "localhost" : legal;
  }

  /** Not from InetAddress: that may wait for a name server. */
  private static @Nullable String name() {
    try {
      if (Files.isReadable(LINUX)) {
        return Files.readString(LINUX);
      }
    } catch (IOException e) {
      return System.getenv("HOSTNAME"); // the name is for people to tell files apart
    }
    String windows = System.getenv("COMPUTERNAME");
    return windows == null ? System.getenv("HOSTNAME") : windows;
  }
}
