package dev.sinter.benchmarks.report;

import dev.sinter.backend.BackendProvider;
import dev.sinter.benchmarks.SinterTrainer;
import dev.sinter.errors.RunException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Processes of their own: native libraries read their environment once, and one backend's threads
 * must not meet another's.
 */
final class ChildProcess {
  /** Variables with these beginnings decide how fast the natives are. */
  private static final List<String> RELEVANT =
      List.of(
          "OMP_",
          "GOMP_",
          "KMP_",
          "OPENBLAS_",
          "MKL_",
          "DNNL_",
          "ONEDNN_",
          "CUDA_",
          "NVIDIA_TF32_",
          "JAVA_TOOL_OPTIONS");

  private ChildProcess() {}

  /**
   * Returns the variables to add for a trainer: what its backend's natives train fastest with. DL4J
   * runs on nd4j's.
   */
  static Map<String, String> environment(String trainer) {
    String backend = trainer.equals("dl4j") ? "nd4j" : SinterTrainer.of(trainer).backend();
    return ServiceLoader.load(BackendProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(provider -> provider.name().equals(backend))
        .findFirst()
        .map(BackendProvider::environment)
        .orElse(Map.of());
  }

  /** Returns the variables that matter, as a trainer's process has them. */
  static Map<String, String> relevantEnvironment(String trainer) {
    Map<String, String> all = new TreeMap<>(environment(trainer));
    all.putAll(System.getenv());
    all.keySet().removeIf(name -> RELEVANT.stream().noneMatch(name::startsWith));
    return all;
  }

  /**
   * Returns the start of a command line: this JVM's java and class path, and a JavaCPP cache a
   * backend.
   */
  static List<String> java(Path root, String trainer) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    if (Runtime.version().feature() >= 24) {
      command.add("--enable-native-access=ALL-UNNAMED");
      command.add("--sun-misc-unsafe-memory-access=allow");
    }
    command.add("-Djava.awt.headless=true");
    // A cache of its own: links that one backend leaves there change which library another one
    // loads.
    command.add(
        "-Dorg.bytedeco.javacpp.cachedir="
            + root.resolve("benchmarks/target/javacpp")
                .resolve(SinterTrainer.of(trainer).backend()));
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    return command;
  }

  /**
   * Runs a command until it ends; standard error goes to the log.
   *
   * @param lines takes standard output line by line; null sends it to the log
   * @param seconds after which it is ended, together with the processes it started
   * @return the exit code
   * @throws RunException when it cannot be started, or took too long
   */
  static int run(
      List<String> command, String trainer, Path log, long seconds, Consumer<String> lines) {
    ProcessBuilder builder = new ProcessBuilder(command);
    environment(trainer).forEach(builder.environment()::putIfAbsent);
    builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    if (lines == null) {
      builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    }
    Process process;
    try {
      process = builder.start();
    } catch (IOException problem) {
      throw new RunException(
          command.get(0)
              + ": expected to start it, received an error ("
              + problem.getMessage()
              + "). Check that it is installed.",
          problem);
    }
    Thread atExit = new Thread(() -> end(process));
    Runtime.getRuntime().addShutdownHook(atExit);
    Thread reader =
        new Thread(() -> read(process, lines == null ? line -> {} : lines), "output of " + trainer);
    reader.setDaemon(true);
    reader.start();
    try {
      process.getOutputStream().close();
      if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
        throw new RunException(
            trainer
                + ": expected to end within "
                + seconds
                + " s, received nothing. See "
                + log
                + ".");
      }
      reader.join(TimeUnit.SECONDS.toMillis(10)); // a grandchild may hold the pipe open
      return process.exitValue();
    } catch (InterruptedException | IOException problem) {
      throw new RunException(
          trainer + ": expected to wait for its process, was interrupted. Run it again.", problem);
    } finally {
      end(process);
      removeHook(atExit);
    }
  }

  private static void read(Process process, Consumer<String> lines) {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      reader.lines().forEach(lines);
    } catch (IOException | UncheckedIOException ended) {
      return; // the process was ended while it wrote
    }
  }

  private static void end(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  private static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException ending) {
      return; // the JVM is about to run it
    }
  }
}
