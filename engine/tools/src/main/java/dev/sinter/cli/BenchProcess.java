package dev.sinter.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sinter.backend.BackendProvider;
import dev.sinter.errors.InputException;
import dev.sinter.errors.RunException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A {@link BenchChild} and what it says. Each backend gets a JVM of its own, because natives read
 * their environment once and share thread pools where they share a process. Closing it, or the end
 * of this process, ends it.
 */
final class BenchProcess implements AutoCloseable {
  /** Exit codes of a JVM that Ctrl-C or a termination reached: 128 and the signal's number. */
  private static final Set<Integer> INTERRUPTED = Set.of(130, 143);

  private final Process process;
  private final Thread hook;

  /** The child's lines; empty once, at their end. */
  private final BlockingQueue<Optional<String>> lines = new LinkedBlockingQueue<>();

  private volatile String lastError = "";
  private volatile boolean ending; // of this process

  /**
   * Starts the child with the environment that its backend's natives train fastest with.
   *
   * @param dataDir the folder that holds mnist/, or null
   */
  BenchProcess(
      BackendProvider provider, int threads, double seconds, Path dataDir, List<String> recipes) {
    List<String> command = java();
    String data = dataDir == null ? "" : dataDir.toString();
    command.addAll(
        List.of(BenchChild.class.getName(), provider.name(), "" + threads, "" + seconds, data));
    command.addAll(recipes);
    ProcessBuilder builder = new ProcessBuilder(command);
    provider.environment().forEach(builder.environment()::putIfAbsent);
    try {
      process = builder.start();
    } catch (IOException problem) {
      throw new RunException(
          "bench: expected to start another JVM, received an error (" + problem + ").", problem);
    }
    hook =
        new Thread(
            () -> {
              ending = true;
              process.destroyForcibly();
            });
    try {
      Runtime.getRuntime().addShutdownHook(hook);
    } catch (IllegalStateException alreadyEnding) {
      hook.run();
    }
    read(process.inputReader(UTF_8), line -> lines.add(Optional.of(line)), true);
    read(process.errorReader(UTF_8), line -> lastError = line, false);
  }

  /** Returns the command line up to the main class: this JVM's own, without its debuggers. */
  private static List<String> java() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      if (!option.startsWith("-agentlib:")
          && !option.startsWith("-javaagent:")
          && !option.startsWith("-Xrunjdwp")) {
        command.add(option);
      }
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    return command;
  }

  private void read(BufferedReader reader, Consumer<String> user, boolean tellEnd) {
    startDaemon(
        "bench child's output",
        () -> {
          try (reader) {
            reader.lines().filter(line -> !line.isBlank()).forEach(user);
          } catch (IOException | UncheckedIOException closed) {
            // the child is gone
          }
          if (tellEnd) {
            lines.add(Optional.empty());
          }
        });
  }

  static void startDaemon(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Waits for the next message; null when the user has interrupted the child or this process.
   *
   * @throws RunException when the child ends without one, or is silent for so long
   * @throws InputException when the child says that the user can mend something
   */
  JsonNode next(double withinSeconds) {
    long end = System.nanoTime() + (long) (withinSeconds * 1e9);
    while (true) {
      Optional<String> line = poll(end - System.nanoTime());
      if (line == null) {
        throw new RunException(
            String.format("expected an answer within %.0f s, received none", withinSeconds));
      }
      if (line.isEmpty()) {
        if (ending || INTERRUPTED.contains(exitCode())) {
          return null;
        }
        String said = lastError.isEmpty() ? "" : ": " + lastError;
        throw new RunException("the JVM ended early, exit code " + exitCode() + said);
      }
      int mark = line.get().indexOf(BenchChild.MARK);
      JsonNode message =
          mark < 0 ? null : Json.parse(line.get().substring(mark + BenchChild.MARK.length()));
      if (message != null) {
        return checked(message);
      }
    }
  }

  private static JsonNode checked(JsonNode message) {
    if (message.has("error")) {
      String text = message.get("error").asText();
      if (message.path("exit_code").asInt() == Main.USAGE) {
        throw new InputException(text);
      }
      throw new RunException(text);
    }
    return message;
  }

  private Optional<String> poll(long nanos) {
    try {
      return lines.poll(nanos, TimeUnit.NANOSECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new RunException("bench: interrupted");
    }
  }

  /** Returns the child, for those who watch it. */
  Process process() {
    return process;
  }

  /** Returns how the child ended; -1 where it takes its time. */
  private int exitCode() {
    try {
      return process.waitFor(5, TimeUnit.SECONDS) ? process.exitValue() : -1;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return -1;
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    exitCode(); // waits for its end
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException ending) {
      // the hook is running
    }
  }
}
