package dev.sinter.cuda.nvidia;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.Loader;

/**
 * The library folders of the NVIDIA toolkit, of system packages and of Python packages.
 *
 * <p>The system loader searches only some of them. A library loaded by its path beforehand is found
 * by every library that needs it.
 */
final class Installed {
  private final List<Path> folders;
  private final String places;

  private Installed(List<Path> candidates, String places) {
    this.folders =
        candidates.stream()
            .filter(Files::isDirectory)
            .map(folder -> folder.toAbsolutePath().normalize())
            .distinct()
            .toList();
    this.places = places;
  }

  /** Returns the folders of this machine. */
  static Installed here() {
    return Loader.getPlatform().startsWith("windows")
        ? windows(System::getenv)
        : linux(Path.of("/"), System::getenv);
  }

  /**
   * Returns the folders of a Linux machine.
   *
   * @param root /, except in tests
   * @param environment its variables; null if not set
   */
  static Installed linux(Path root, UnaryOperator<String> environment) {
    List<Path> folders = paths(environment.apply("LD_LIBRARY_PATH"), "");
    for (String variable : List.of("CUDA_HOME", "CUDA_PATH", "CONDA_PREFIX")) {
      folders.addAll(paths(environment.apply(variable), "lib64"));
      folders.addAll(paths(environment.apply(variable), "lib"));
    }
    folders.add(root.resolve("usr/local/cuda/lib64"));
    matches(root.resolve("usr/local"), "cuda-13*").forEach(e -> folders.add(e.resolve("lib64")));
    for (String system : List.of("x86_64-linux-gnu", "aarch64-linux-gnu")) {
      folders.add(root.resolve("usr/lib").resolve(system));
    }
    folders.add(root.resolve("usr/lib64"));
    addPython(folders, root, environment);
    return new Installed(
        folders,
        "LD_LIBRARY_PATH, CUDA_HOME, CUDA_PATH, /usr/local/cuda/lib64, /usr/local/cuda-13*/lib64,"
            + " /usr/lib and Python's site-packages");
  }

  /** Returns the folders of a Windows machine with the given variables. */
  static Installed windows(UnaryOperator<String> environment) {
    List<Path> folders = paths(environment.apply("CUDA_PATH"), "bin");
    folders.addAll(paths(environment.apply("CUDA_PATH"), "bin/x64")); // since CUDA 13
    folders.addAll(paths(environment.apply("PATH"), ""));
    return new Installed(folders, "CUDA_PATH and PATH");
  }

  /**
   * Adds the NVIDIA packages for Python, which come with PyTorch: nvidia/cu13/lib,
   * nvidia/cudnn/lib.
   */
  private static void addPython(List<Path> folders, Path root, UnaryOperator<String> environment) {
    List<Path> bases = paths(environment.apply("VIRTUAL_ENV"), "lib");
    bases.addAll(paths(environment.apply("CONDA_PREFIX"), "lib"));
    bases.addAll(besidePython(environment.apply("PATH")));
    bases.addAll(paths(environment.apply("HOME"), ".local/lib"));
    bases.add(root.resolve("usr/local/lib"));
    bases.add(root.resolve("usr/lib"));
    for (Path base : bases) {
      for (Path python : matches(base, "python3*")) {
        for (Path packages : matches(python, "{site,dist}-packages")) {
          for (Path library : matches(packages.resolve("nvidia"), "{cu13,cublas,cudnn,nccl}")) {
            folders.add(library.resolve("lib"));
          }
        }
      }
    }
  }

  /** Returns the lib folders of the python3 in a PATH: next to it, and next to its link target. */
  private static List<Path> besidePython(String path) {
    List<Path> found = new ArrayList<>();
    for (Path python : paths(path, "python3")) {
      try {
        if (Files.isExecutable(python)) {
          found.add(python.resolveSibling("../lib").normalize());
          found.add(python.toRealPath().resolveSibling("../lib").normalize());
        }
      } catch (IOException | RuntimeException e) {
        continue; // not readable
      }
    }
    return found;
  }

  private static List<Path> matches(Path folder, String glob) {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, glob)) {
      entries.forEach(found::add);
    } catch (IOException | RuntimeException e) {
      return List.of(); // no such folder, or not readable
    }
    found.sort(Comparator.reverseOrder()); // the newest version first
    return found;
  }

  /** Returns the entries of a list of paths, each extended by a subfolder; none for null. */
  private static List<Path> paths(String list, String below) {
    List<Path> paths = new ArrayList<>();
    for (String entry : list == null ? new String[0] : list.split(File.pathSeparator)) {
      if (!entry.isBlank()) {
        try {
          paths.add(Path.of(entry).resolve(below));
        } catch (RuntimeException e) {
          continue; // not a path: the system loader skips it as well
        }
      }
    }
    return paths;
  }

  /**
   * Returns the path of a file in the first folder that has it, or null.
   *
   * @param file a name; * matches any characters, and the newest version is taken
   */
  Path locate(String file) {
    for (Path folder : folders) {
      List<Path> found = file.contains("*") ? matches(folder, file) : List.of(folder.resolve(file));
      if (!found.isEmpty() && Files.isRegularFile(found.get(0))) {
        return found.get(0);
      }
    }
    return null;
  }

  /** Returns the searched places, for messages. */
  String places() {
    return places;
  }
}
