package dev.sinter.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The base of all commands: help, version, output. The exit code is 0 if the command does not
 * throw.
 */
@Command(mixinStandardHelpOptions = true, versionProvider = Main.Version.class)
abstract class Subcommand implements Callable<Integer> {
  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  abstract void run() throws InterruptedException;

  @Override
  public final Integer call() throws InterruptedException {
    run();
    out().flush();
    return 0;
  }

  /** Returns the names of the options on the command line. */
  final List<String> givenOptions() {
    return spec.commandLine().getParseResult().matchedOptions().stream()
        .map(CommandLine.Model.OptionSpec::longestName)
        .toList();
  }

  /** Returns the error for arguments that do not fit, as those that the parser finds. */
  final CommandLine.ParameterException wrongArguments(String message) {
    return new CommandLine.ParameterException(spec.commandLine(), message);
  }

  final PrintWriter out() {
    return spec.commandLine().getOut();
  }

  final PrintWriter err() {
    return spec.commandLine().getErr();
  }
}
