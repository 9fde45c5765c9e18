package dev.sinter.cuda.simulated;

import dev.sinter.errors.RunException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The C++ compiler of this machine.
 *
 * @param command the path of the compiler; null if the simulator cannot run
 * @param version the first line of its version output
 * @param include the folder of jni.h
 * @param detail the compiler found, or the reason why the simulator cannot run
 */
record Toolchain(String command, String version, Path include, String detail) {
  private static final Toolchain FOUND = find();

  /** Returns the toolchain of this machine, searched for once. */
  static Toolchain instance() {
    return FOUND;
  }

  /** Returns whether it can be used. */
  boolean usable() {
    return command != null;
  }

  private static Toolchain find() {
    if (!System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux")) {
      return refused("the simulated device needs Linux; this is " + System.getProperty("os.name"));
    }
    Path include = Path.of(System.getProperty("java.home"), "include");
    if (!Files.isRegularFile(include.resolve("jni.h"))) {
      return refused("looked for jni.h in " + include + ", found none; run with a full JDK");
    }
    String chosen = System.getenv("CXX");
    List<String> names =
        chosen == null || chosen.isBlank() ? List.of("g++", "c++", "clang++") : List.of(chosen);
    for (String name : names) {
      String path = onPath(name);
      if (path == null) {
        continue;
      }
      try {
        String version = run(List.of(path, "--version"), Path.of("."));
        String line = version.lines().findFirst().orElse(name);
        return new Toolchain(path, line, include, "simulated device, kernels compiled by " + line);
      } catch (RunException e) {
        return refused("the C++ compiler does not run: " + e.getMessage());
      }
    }
    return refused(
        "looked for a C++ compiler ("
            + String.join(", ", names)
            + ") on PATH, found none; install g++ or name one in the environment variable CXX");
  }

  private static Toolchain refused(String reason) {
    return new Toolchain(null, null, null, reason);
  }

  private static String onPath(String name) {
    if (name.contains("/")) {
      return Files.isExecutable(Path.of(name)) ? name : null;
    }
    String path = System.getenv("PATH");
    for (String folder : path == null ? new String[0] : path.split(File.pathSeparator)) {
      Path candidate = Path.of(folder, name);
      if (!folder.isEmpty() && Files.isExecutable(candidate)) {
        return candidate.toString();
      }
    }
    return null;
  }

  /**
   * Runs a command in a folder and returns its output; if the status is not 0, fails with the
   * output.
   */
  static String run(List<String> command, Path folder) {
    try {
      Process process =
          new ProcessBuilder(new ArrayList<>(command))
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .start();
      process.getOutputStream().close();
      String output;
      try (InputStream in = process.getInputStream()) {
        output = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      }
      int status = process.waitFor();
      if (status != 0) {
        throw new RunException(command.get(0) + " ended with status " + status + ":\n" + output);
      }
      return output;
    } catch (IOException e) {
      throw new RunException(command.get(0) + " cannot be run: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RunException(command.get(0) + " was interrupted", e);
    }
  }
}
