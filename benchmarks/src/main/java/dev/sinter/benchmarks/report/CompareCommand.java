package dev.sinter.benchmarks.report;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code compare A B}: two result files side by side. */
@Command(
    name = "compare",
    description = "Puts two result files, of two machines for example, side by side.",
    sortOptions = false)
final class CompareCommand implements Callable<Integer> {
  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @Parameters(paramLabel = "A.json", index = "0", description = "The result that is compared with.")
  private Path a;

  @Parameters(paramLabel = "B.json", index = "1", description = "The result that may win.")
  private Path b;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "Folder for compare.md and compare.png. Default: benchmarks/results/<date-time>-compare.")
  private Path out;

  @Override
  public Integer call() {
    Comparison comparison = Comparison.of(ResultFile.read(a), ResultFile.read(b));
    Path folder = Report.folder(out, "-compare");
    String table = CompareTable.of(comparison);
    Outcome.write(
        folder.resolve("compare.md"),
        table,
        folder.resolve("compare.png"),
        CompareChart.of(comparison));
    spec.commandLine().getOut().print(table);
    spec.commandLine().getOut().println("\nWritten: compare.md and compare.png in " + folder);
    return 0;
  }
}
