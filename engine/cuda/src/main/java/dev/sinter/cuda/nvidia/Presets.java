package dev.sinter.cuda.nvidia;

import dev.sinter.backend.NativeFailure;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Loads JavaCPP presets, after loading the libraries they need from their installed places.
 *
 * <p>A class whose static initializer failed cannot be loaded again, so each result is kept for the
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
   * Loads the libraries that a preset needs from their installed places, unless they are on the
   * class path. If one does not load, the error message of the preset names it.
   *
   * @param files names in loading order; * matches the rest of a version
   */
  static void preload(String platform, List<String> files) {
    ClassLoader classes = Presets.class.getClassLoader();
    String last = files.get(files.size() - 1);
    if (classes.getResource("org/bytedeco/cuda/" + platform + "/" + last) != null) {
      return;
    }
    loadInstalled(Installed.here(), files, "", "");
  }

  /** Loads the files that are found. Returns the reason if one does not load, otherwise "". */
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
   * @param library its usual name, such as cuBLASLt
   * @param files to load first, in this order, if they are found
   * @param remedy what to do without it
   * @return the reason why it did not load, in one line; empty if it loaded
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
