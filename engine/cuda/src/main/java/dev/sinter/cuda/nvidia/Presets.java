package dev.sinter.cuda.nvidia;

import dev.sinter.backend.NativeFailure;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Loads JavaCPP's presets, and before them the libraries they need from where they are installed.
 *
 * <p>A class whose static initializer failed cannot be tried again, so each answer is kept for the
 * life of the process.
 */
final class Presets {
  private static final Map<String, String> ANSWERS = new HashMap<>(); // guarded by the class

  private Presets() {}

  /** Runs the static initializer of a preset, which loads its natives or throws. */
  static void initialize(String preset) {
    try {
      Class.forName("org.bytedeco.cuda.global." + preset, true, Presets.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new NoClassDefFoundError(e.getMessage());
    }
  }

  /**
   * Loads libraries that a preset needs from where they are installed, unless the class path has
   * them. What does not load is left to the preset, whose message names it.
   *
   * @param files names, in the order to load them; a * stands for the rest of a version
   */
  static void preload(String platform, List<String> files) {
    ClassLoader classes = Presets.class.getClassLoader();
    String last = files.get(files.size() - 1);
    if (classes.getResource("org/bytedeco/cuda/" + platform + "/" + last) != null) {
      return;
    }
    loadInstalled(Installed.here(), files, "", "");
  }

  /** Loads files where they are found; stops at one that does not load and says why, else "". */
  private static String loadInstalled(
      Installed installed, List<String> files, String library, String remedy) {
    for (String file : files) {
      Path found = installed.locate(file);
      if (found != null) {
        try {
          System.load(found.toString());
        } catch (UnsatisfiedLinkError e) {
          return "%s in %s did not load (%s); %s"
              .formatted(library, found, new NativeFailure(e).cause(), remedy);
        }
      }
    }
    return "";
  }

  /**
   * Loads a preset of an installed library.
   *
   * @param preset such as cublas
   * @param library as it is spoken of, such as cuBLASLt
   * @param files to load first, in this order, where they are found
   * @param remedy what to do without it
   * @return why it did not load, in one line; empty if it did
   */
  static synchronized String load(
      String preset, String library, List<String> files, String remedy) {
    return ANSWERS.computeIfAbsent(preset, ignored -> attempt(preset, library, files, remedy));
  }

  private static String attempt(String preset, String library, List<String> files, String remedy) {
    Installed installed = Installed.here();
    String failure = loadInstalled(installed, files, library, remedy);
    if (!failure.isEmpty()) {
      return failure;
    }
    try {
      initialize(preset);
      return "";
    } catch (Throwable e) { // errors of class loading and linking are what natives fail with
      NativeFailure thrown = new NativeFailure(e);
      return "%s did not load (looked for %s in %s and the folders of the system's loader; %s); %s"
          .formatted(
              library, files.get(0), installed.places(), thrown.cause(), thrown.remedy(remedy));
    }
  }
}
