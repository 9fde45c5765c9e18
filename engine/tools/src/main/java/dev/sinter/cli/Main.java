package dev.sinter.cli;

import dev.sinter.errors.InputException;
import dev.sinter.errors.SinterException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
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
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "Start with: sinter train mnist-dense"})
public final class Main implements Callable<Integer> {
  static final int USAGE = 2;
  static final int FAILURE = 1;

  private static final String VERSION = "--version";

  /** The commands, in the order of the help. */
  private static final List<Class<? extends Subcommand>> COMMANDS =
      List.of(
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
          BenchCommand.class);

  @Option(names = "--debug", description = "Print stack traces.", scope = ScopeType.INHERIT)
  private boolean debug;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  /** Prints the version of the jar. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {version()};
    }
  }

  private static String version() {
    String version = Main.class.getPackage().getImplementationVersion();
    return "sinter "
        + (version == null ? "(not from a jar)" : version)
        + ", Java "
        + System.getProperty("java.runtime.version");
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
    if (arguments.length == 1 && arguments[0].equals(VERSION)) {
      System.out.println(version()); // without the parser, which takes longer than the JVM
      return 0;
    }
    try {
      return commandLine(arguments).execute(arguments);
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

  private static CommandLine commandLine(String... arguments) {
    Main main = new Main();
    CommandLine line = new CommandLine(main);
    named(arguments).forEach(line::addSubcommand);
    return line.setCaseInsensitiveEnumValuesAllowed(true)
        .setOut(new PrintWriter(System.out, true))
        .setErr(new PrintWriter(System.err, true))
        .setParameterExceptionHandler(Main::badArguments)
        .setExecutionExceptionHandler((failure, command, parsed) -> main.failed(failure, command));
  }

  /**
   * Returns the command that stands first, else all: reading the options of all takes as long as
   * the JVM takes to start.
   */
  private static List<Class<? extends Subcommand>> named(String... arguments) {
    return COMMANDS.stream()
        .filter(type -> arguments.length > 0 && name(type).equals(arguments[0]))
        .findFirst()
        .<List<Class<? extends Subcommand>>>map(List::of)
        .orElse(COMMANDS);
  }

  private static String name(Class<? extends Subcommand> type) {
    return type.getAnnotation(Command.class).name();
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
