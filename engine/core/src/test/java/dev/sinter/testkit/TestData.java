package dev.sinter.testkit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Finds the folder named by SINTER_DATA, which holds {@code mnist/} and {@code digits01/}, for
 * tests.
 *
 * <p>Tests run in the folder of their module, but users give paths relative to the project root. A
 * relative path is therefore resolved against the system property sinter.root, else against the
 * working folder, else against each of its parents.
 */
public final class TestData {
  /** The reason of an assumption that fails without the folder. */
  public static final String REASON =
      "set SINTER_DATA to the folder that holds mnist/ and digits01/";

  private TestData() {}

  /** Returns the folder; prints a line that starts with SKIPPED if there is none. */
  public static Optional<Path> folder() {
    Optional<Path> found =
        resolve(System.getenv("SINTER_DATA"), System.getProperty("sinter.root"), Path.of(""));
    if (found.isEmpty()) {
      System.out.println("SKIPPED: no test data: " + REASON);
    }
    return found;
  }

  static Optional<Path> resolve(String named, String root, Path working) {
    if (named == null || named.isBlank()) {
      return Optional.empty();
    }
    if (root != null) {
      return Optional.of(Path.of(root).resolve(named)).filter(Files::isDirectory);
    }
    for (Path base = working.toAbsolutePath(); base != null; base = base.getParent()) {
      Path candidate = base.resolve(named).normalize();
      if (Files.isDirectory(candidate)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }
}
