package dev.sinter.cuda.check;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A command, run to its end or its time limit; all it prints goes to a file. */
final class Child {
  private final List<String> command;
  private final Path log;
  private final Process process;

  /**
   * What became of it.
   *
   * @param exit code; -1 where it was ended at its limit or could not be started
   * @param failure why it has no exit code of its own; empty otherwise
   * @param output both streams
   */
  record Ended(int exit, String failure, String output) {
    boolean succeeded() {
      return exit == 0;
    }

    /** Returns a line for a report, with the last line of the output. */
    String reason() {
      List<String> lines = output.lines().filter(line -> !line.isBlank()).toList();
      String last = lines.isEmpty() ? "nothing printed" : lines.get(lines.size() - 1).strip();
      return (failure.isEmpty() ? "exit code " + exit : failure) + ": " + last;
    }
  }

  private Child(List<String> command, Path log, Process process) {
    this.command = command;
    this.log = log;
    this.process = process;
  }

  /** Starts a command; one that cannot be started has ended when it is waited for. */
  static Child start(List<String> command, Path log) {
    return start(command, log, Map.of());
  }

  private static Child start(List<String> command, Path log, Map<String, String> environment) {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    Process process = null;
    try {
      process = builder.start();
      process.getOutputStream().close();
    } catch (IOException e) {
      // Told by await.
    }
    return new Child(command, log, process);
  }

  /** Starts a class of this class path in a JVM of its own. */
  static Child java(String main, List<String> arguments, Path log) {
    return java(main, arguments, log, Map.of());
  }

  /** The same, with variables in its environment besides. */
  static Child java(
      String main, List<String> arguments, Path log, Map<String, String> environment) {
    return start(javaCommand(main, arguments), log, environment);
  }

  static List<String> javaCommand(String main, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    if (Runtime.version().feature() >= 24) {
      command.add("--enable-native-access=ALL-UNNAMED");
      command.add("--sun-misc-unsafe-memory-access=allow");
    }
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-Xmx4g",
            "-Djava.awt.headless=true",
            "-Dlogback.configurationFile=sinter-logback.xml",
            "-cp",
            System.getProperty("java.class.path"),
            main));
    command.addAll(arguments);
    return command;
  }

  /** Waits at most so long, then ends it with the processes it started. */
  Ended await(long seconds) {
    if (process == null) {
      return new Ended(-1, command.get(0) + " could not be started", "");
    }
    try {
      if (process.waitFor(Math.max(0, seconds), TimeUnit.SECONDS)) {
        return new Ended(process.exitValue(), "", output());
      }
      end();
      return new Ended(-1, "not done after " + seconds + " s", output());
    } catch (InterruptedException e) {
      end();
      Thread.currentThread().interrupt();
      return new Ended(-1, "interrupted", output());
    }
  }

  /** Ends it, and the processes it started. */
  void end() {
    if (process != null) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  /** Returns what it has printed so far. */
  String output() {
    try {
      return new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }
}
