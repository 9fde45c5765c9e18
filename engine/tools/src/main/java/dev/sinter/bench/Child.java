package dev.sinter.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sinter.errors.RunException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A process: natives read their environment once and share thread pools within a process, so each
 * backend is measured in one of its own. It ends when it is closed, and with this JVM. Used by one
 * thread.
 */
public final class Child implements AutoCloseable {
  /** Exit codes of a process that Ctrl-C or a termination reached: 128 and the signal's number. */
  private static final Set<Integer> INTERRUPTED = Set.of(130, 143);

  private static final long PATIENCE_SECONDS = 5; // for what is ending

  private final Command command;
  private final Process process; // null if it could not be started
  private final Thread hook = new Thread(this::endAtExit);
  private final BlockingQueue<Optional<String>> lines = new LinkedBlockingQueue<>(); // empty: end
  private final List<Thread> readers = new ArrayList<>();
  private String failure = "";
  private volatile String lastError = "";
  private volatile boolean exiting; // this JVM

  /**
   * How a process ended.
   *
   * @param exit its exit code; -1 if it was ended here or could not be started
   * @param failure why it has no exit code of its own; empty otherwise
   * @param output what it printed: its log if it has one, else the lines that nobody read
   */
  public record Ended(int exit, String failure, String output) {
    /** Returns whether it ended by itself with exit code 0. */
    public boolean succeeded() {
      return exit == 0;
    }

    /** Returns one line for a report: how it ended, and the last line that it printed. */
    public String reason() {
      String last =
          output.lines().filter(line -> !line.isBlank()).reduce("nothing printed", (a, b) -> b);
      return (failure.isEmpty() ? "exit code " + exit : failure) + ": " + last.strip();
    }
  }

  Child(Command command) {
    this.command = command;
    ProcessBuilder builder = new ProcessBuilder(command.words);
    builder.environment().putAll(command.variables);
    boolean toLog = command.log != null && command.output == Command.Output.KEPT;
    boolean ours = command.output == Command.Output.OURS;
    if (ours) {
      builder.inheritIO();
    } else if (toLog) {
      builder.redirectErrorStream(true).redirectOutput(Redirect.appendTo(command.log.toFile()));
    } else if (command.log != null) {
      builder.redirectError(Redirect.appendTo(command.log.toFile()));
    }
    Process started = null;
    try {
      started = builder.start();
      if (command.output != Command.Output.LINES) {
        started.getOutputStream().close();
      }
    } catch (IOException problem) {
      failure = command.words.get(0) + " could not be started (" + problem.getMessage() + ")";
    }
    process = started;
    if (process == null) {
      lines.add(Optional.empty());
      return;
    }
    try {
      Runtime.getRuntime().addShutdownHook(hook);
    } catch (IllegalStateException exitingAlready) {
      endAtExit();
    }
    if (!toLog && !ours) {
      read(process.inputReader(UTF_8), line -> lines.add(Optional.of(line)), true);
    }
    if (command.log == null && !ours) {
      read(process.errorReader(UTF_8), line -> lastError = line, false);
    }
  }

  private void read(BufferedReader reader, Consumer<String> user, boolean tellEnd) {
    readers.add(
        startDaemon(
            "output of " + command.words.get(0),
            () -> {
              try (reader) {
                reader.lines().filter(line -> !line.isBlank()).forEach(user);
              } catch (IOException | UncheckedIOException closed) {
                // the process is gone
              }
              if (tellEnd) {
                lines.add(Optional.empty());
              }
            }));
  }

  /** Starts a thread that does not keep the JVM running. */
  public static Thread startDaemon(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  /**
   * Waits for the next line that is not blank of the process's standard output.
   *
   * @return the line; empty at the end of the output
   * @throws RunException if there is none for so long
   * @throws CancellationException if the user has interrupted the process, or this one
   */
  public Optional<String> line(double withinSeconds) {
    Optional<String> line;
    try {
      line = lines.poll((long) (withinSeconds * 1e9), TimeUnit.NANOSECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted");
    }
    if (line == null) {
      throw new RunException(
          String.format(
              Locale.ROOT, "expected an answer within %.0f s, received none", withinSeconds));
    }
    if (line.isEmpty()) {
      lines.add(line); // for whoever asks again
      if (exiting || INTERRUPTED.contains(await(PATIENCE_SECONDS).exit())) {
        throw new CancellationException("interrupted");
      }
    }
    return line;
  }

  /**
   * Waits for its end.
   *
   * @param seconds after which it is ended, together with the processes it started
   */
  public Ended await(long seconds) {
    if (process == null) {
      return new Ended(-1, failure, "");
    }
    try {
      if (!process.waitFor(Math.max(0, seconds), TimeUnit.SECONDS)) {
        return endedHere("not done after " + seconds + " s");
      }
      for (Thread reader : readers) {
        reader.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS)); // a grandchild may hold the pipe
      }
      return new Ended(process.exitValue(), "", output());
    } catch (InterruptedException interrupted) {
      Ended ended = endedHere("interrupted");
      Thread.currentThread().interrupt();
      return ended;
    }
  }

  private Ended endedHere(String why) {
    close();
    return new Ended(-1, why, output());
  }

  /** Returns what it has printed so far, but for lines that were read. */
  public String output() {
    if (command.log == null || command.output == Command.Output.LINES) {
      List<String> rest = new ArrayList<>();
      lines.forEach(line -> line.ifPresent(rest::add));
      return String.join("\n", rest);
    }
    try {
      return new String(Files.readAllBytes(command.log), UTF_8);
    } catch (IOException unreadable) {
      return "";
    }
  }

  /** Returns the last line of its standard error, if that goes to no log; may be empty. */
  public String lastError() {
    return lastError;
  }

  /** Returns the process, for those who watch it; null if it could not be started. */
  public Process process() {
    return process;
  }

  private void endAtExit() {
    exiting = true;
    end();
  }

  private void end() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  /** Ends it with the processes that it started, if they run, and waits for its end. */
  @Override
  public void close() {
    if (process == null) {
      return;
    }
    end();
    try {
      process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException exitingNow) {
      // the hook is running
    }
  }
}
