package dev.sinter.cli;

import dev.sinter.Checkpoint;
import dev.sinter.errors.InputException;
import dev.sinter.report.Terminal;
import dev.sinter.runs.Run;
import dev.sinter.runs.RunFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sinter runs}: lists the runs in a folder, or compares runs. */
@Command(
    name = "runs",
    description = "Lists the runs in a folder, the newest first, or compares runs.",
    sortOptions = false)
final class RunsCommand extends Subcommand {
  @Parameters(
      arity = "0..*",
      paramLabel = "DIR|RUN...",
      description =
          "A folder of runs to list; or runs to compare: folders written by train --out. Default: runs.")
  private List<String> names = List.of("runs");

  @Option(names = "--compare", description = "Compare all runs of the folder.")
  private boolean compare;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  void run() {
    List<Path> paths = names.stream().map(name -> Names.path("runs", name)).toList();
    if (paths.size() > 1 || RunFolder.isRun(paths.get(0))) {
      compare(paths.stream().map(RunsCommand::read).toList());
      return;
    }
    RunFolder.Listing listing = RunFolder.list(paths.get(0));
    if (compare) {
      requireRuns(paths.get(0), listing);
      listing.unreadable().forEach(folder -> System.err.println("sinter: " + folder.reason()));
      compare(listing.runs());
    } else {
      list(paths.get(0), listing);
    }
  }

  private static Run read(Path folder) {
    if (Files.isDirectory(folder) && !RunFolder.isRun(folder)) { // a folder of runs
      throw InputException.of(
          folder.toString(),
          "the folder of a run, to compare it with another",
          "a folder without " + RunFolder.RUN,
          "Name runs, or a single folder of runs");
    }
    return RunFolder.read(folder);
  }

  private static void requireRuns(Path folder, RunFolder.Listing listing) {
    if (listing.runs().isEmpty()) {
      throw InputException.of(
          folder.toString(),
          "at least one run to compare",
          "none" + (listing.unreadable().isEmpty() ? "" : " that can be read"),
          "Train with --out " + folder.resolve("NAME") + " first");
    }
  }

  private void list(Path folder, RunFolder.Listing listing) {
    if (json) {
      print(List.of(Json.print(RunTable.toJson(listing))));
      return;
    }
    List<String> lines = new ArrayList<>();
    if (listing.runs().isEmpty()) {
      lines.add("no runs in " + folder + "; train with --out " + folder.resolve("NAME"));
    } else {
      lines.addAll(RunTable.lines(listing.runs(), Terminal.detect(), Instant.now()));
    }
    for (Run run : listing.runs()) {
      String resume = "go on with: " + run.resumeCommand();
      if (run.status() == Run.Status.INTERRUPTED) {
        lines.add(Names.printable(run.name() + " was interrupted; " + resume));
      } else if (run.reason() != null) {
        boolean saved = Checkpoint.isIn(run.folder().resolve(RunFolder.CHECKPOINTS));
        String failed = run.name() + " failed: " + run.reason();
        lines.add(Names.printable(saved ? failed + "; " + resume : failed));
      }
    }
    for (RunFolder.Unreadable each : listing.unreadable()) {
      lines.add(Names.printable("not a run: " + each.reason()));
    }
    print(lines);
  }

  private void compare(List<Run> runs) {
    RunComparison comparison = new RunComparison(runs, Instant.now());
    print(json ? List.of(Json.print(comparison.toJson())) : comparison.lines(Terminal.detect()));
  }

  /** Does not use the writer of the command, which has another charset before Java 18. */
  private static void print(List<String> lines) {
    lines.forEach(System.out::println);
    System.out.flush();
  }
}
