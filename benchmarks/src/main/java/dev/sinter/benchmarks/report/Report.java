package dev.sinter.benchmarks.report;

import dev.sinter.errors.InputException;
import dev.sinter.errors.SinterException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

/**
 * The command line behind {@code scripts/bench}: quick, full, compare and table. {@code jmh} is the
 * script's own.
 *
 * <p>Exit codes: 0; 2 for what the user can mend in the command or its input; 1 for a failure at
 * run time, and where something that was planned has no result. Either way one message on standard
 * error.
 */
@Command(
    name = "scripts/bench",
    description = "Measures how fast Sinter trains here, and compares machines.",
    subcommands = {
      MeasureCommand.Quick.class,
      MeasureCommand.Full.class,
      CompareCommand.class,
      TableCommand.class
    },
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "  jmh      Runs JMH with any arguments: scripts/bench jmh -h.",
      "",
      "Start with: scripts/bench quick"
    })
public final class Report implements Callable<Integer> {
  private static final int USAGE = 2;
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyy-MM-dd-HHmmss", Locale.ROOT);

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this help.")
  private boolean help;

  /** Runs a command and exits with its code. */
  public static void main(String[] arguments) {
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    System.exit(run(out, err, arguments));
  }

  /** Runs a command; returns its exit code. */
  static int run(PrintWriter out, PrintWriter err, String... arguments) {
    return new CommandLine(new Report())
        .setOut(out)
        .setErr(err)
        .setParameterExceptionHandler(Report::badArguments)
        .setExecutionExceptionHandler((failure, command, parsed) -> failed(failure, err))
        .execute(arguments);
  }

  /** Without a command: says what is missing. */
  @Override
  public Integer call() {
    PrintWriter err = spec.commandLine().getErr();
    err.println("scripts/bench: expected a command: quick, full, compare, table or jmh");
    err.println("Try: scripts/bench --help");
    return USAGE;
  }

  private static int badArguments(ParameterException problem, String[] arguments) {
    PrintWriter err = problem.getCommandLine().getErr();
    err.println("scripts/bench: " + problem.getMessage());
    err.println("Try: " + problem.getCommandLine().getCommandSpec().qualifiedName() + " --help");
    return USAGE;
  }

  private static int failed(Exception failure, PrintWriter err) throws Exception {
    if (failure instanceof SinterException known) {
      err.println("scripts/bench: " + known.getMessage());
      return known instanceof InputException ? USAGE : 1;
    }
    throw failure; // a defect: picocli prints its stack trace and returns 1
  }

  /** Returns the project's folder, which the script names. */
  static Path root() {
    return Path.of(System.getProperty("sinter.root", "")).toAbsolutePath().normalize();
  }

  /**
   * Creates the folder for results.
   *
   * @param chosen by the user, or null for a new one named by date and time
   * @param suffix of that name
   * @throws InputException when it cannot be created
   */
  static Path folder(Path chosen, String suffix) {
    Path folder =
        chosen == null
            ? root()
                .resolve("benchmarks/results")
                .resolve(LocalDateTime.now().format(STAMP) + suffix)
            : chosen;
    try {
      Files.createDirectories(folder);
    } catch (IOException problem) {
      throw InputException.of(
          "--out " + folder,
          "a folder that exists or can be created",
          "an error (" + problem + ")",
          "Choose another folder");
    }
    if (!Files.isWritable(folder)) {
      throw InputException.of(
          "--out " + folder,
          "a folder that can be written to",
          "one that cannot",
          "Choose another folder");
    }
    return folder;
  }
}
