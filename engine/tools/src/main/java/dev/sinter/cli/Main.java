package dev.sinter.cli;

import dev.sinter.errors.InputException;
import dev.sinter.errors.SinterException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

/**
 * The command line, with one class per command.
 *
 * <p>Exit codes: 0 for success; 2 for an error in the command or its input that the user can fix; 1
 * for a failure at run time. Errors print one message on standard error, and a stack trace only
 * with {@code --debug}.
 */
@Command(
    name = "sinter",
    description = "Trains neural networks on the fastest backend of this machine.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    subcommands = {
      TrainCommand.class,
      EvaluateCommand.class,
      PredictCommand.class,
      ConvertCommand.class,
      InitCommand.class,
      DataCommand.class,
      PlotCommand.class,
      SummaryCommand.class,
      RunsCommand.class,
      DashboardCommand.class,
      InfoCommand.class,
      BenchCommand.class
    },
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "Start with: sinter train mnist-dense"})
public final class Main implements Callable<Integer> {
  static final int USAGE = 2;
  static final int FAILURE = 1;

  @Option(names = "--debug", description = "Print stack traces.", scope = ScopeType.INHERIT)
  private boolean debug;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  /** Prints the version of the jar. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {
        "sinter " + (version == null ? "(not from a jar)" : version) + ", Java " + Runtime.version()
      };
    }
  }

  /** Runs a command and exits with its code. */
  public static void main(String[] arguments) {
    // Figures need no display; AWT reads this when it loads.
    System.getProperties().putIfAbsent("java.awt.headless", "true");
    int code = run(arguments);
    System.exit(code == 0 && System.out.checkError() ? outputFailed() : code);
  }

  /** Reports that standard output could not be written, unless its reader has closed it. */
  private static int outputFailed() {
    try (FileOutputStream out = new FileOutputStream(FileDescriptor.out)) {
      out.write('\n');
    } catch (IOException problem) {
      if (!String.valueOf(problem.getMessage()).contains("Broken pipe")) {
        System.err.println(
            "sinter: standard output: expected to write all of it, received an error (%s). Free some space or write elsewhere."
                .formatted(problem.getMessage()));
      }
    }
    return FAILURE;
  }

  /** Runs a command on the standard streams; returns its exit code. */
  public static int run(String... arguments) {
    try {
      return commandLine().execute(arguments);
    } catch (OutOfMemoryError full) {
      System.err.printf(
          Locale.ROOT,
          "sinter: memory: expected to need at most the JVM's %d MB, received an error (%s)."
              + " Use fewer --hidden units or a --limit, or set SINTER_JAVA_OPTIONS=-Xmx8g.%n",
          Runtime.getRuntime().maxMemory() >> 20,
          full.getMessage());
      return FAILURE;
    }
  }

  static CommandLine commandLine() {
    Main main = new Main();
    return new CommandLine(main)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setOut(new PrintWriter(System.out, true))
        .setErr(new PrintWriter(System.err, true))
        .setParameterExceptionHandler(Main::badArguments)
        .setExecutionExceptionHandler((failure, command, parsed) -> main.failed(failure, command));
  }

  /** Without a command: prints an error and the help. */
  @Override
  public Integer call() {
    PrintWriter err = spec.commandLine().getErr();
    String commands = String.join(", ", spec.subcommands().keySet());
    err.println("sinter: expected a command: " + commands);
    err.println();
    spec.commandLine().usage(err);
    err.flush();
    return USAGE;
  }

  private static int badArguments(ParameterException problem, String[] arguments) {
    CommandLine command = problem.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("sinter: " + problem.getMessage());
    CommandLine.UnmatchedArgumentException.printSuggestions(problem, err);
    err.println("Try: " + command.getCommandSpec().qualifiedName() + " --help");
    err.flush();
    return USAGE;
  }

  private int failed(Exception failure, CommandLine command) {
    PrintWriter err = command.getErr();
    err.println(
        failure instanceof SinterException
            ? "sinter: " + failure.getMessage()
            : "sinter: unexpected " + failure + ". Run again with --debug for the stack trace");
    if (debug) {
      failure.printStackTrace(err);
    }
    err.flush();
    return exitCode(failure);
  }

  /**
   * Returns 2 for an error in the command or its input that the user can fix, 1 for any other
   * failure.
   */
  static int exitCode(Exception failure) {
    return failure instanceof InputException ? USAGE : FAILURE;
  }
}
