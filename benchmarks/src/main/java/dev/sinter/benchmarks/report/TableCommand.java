package dev.sinter.benchmarks.report;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code table FILE}: the table and the chart of a result file, or of JMH's own JSON, once more.
 */
@Command(
    name = "table",
    description = "Writes the table and the chart of a result file, or of JMH's own JSON.",
    sortOptions = false)
final class TableCommand implements Callable<Integer> {
  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "result.json, or what jmh -rf json wrote.")
  private Path file;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "Folder for table.md and chart.png. Default: benchmarks/results/<date-time>-table.")
  private Path out;

  @Option(
      names = "--baseline",
      paramLabel = "TRAINER",
      description = "Who the ratios are taken against. Default: dl4j, else nd4j.")
  private String baseline;

  @Override
  public Integer call() {
    ResultFile result = ResultFile.read(file);
    ResultTable.checkBaseline(result, baseline);
    Path folder = Report.folder(out, "-table");
    spec.commandLine().getOut().print(Outcome.write(result, folder, baseline));
    spec.commandLine().getOut().println("Written: table.md and chart.png in " + folder);
    return 0;
  }
}
