package dev.sinter.benchmarks.report;

import dev.sinter.io.AtomicFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** Writes a table and a chart. */
final class Outcome {
  private Outcome() {}

  /**
   * Writes table.md and chart.png.
   *
   * @return the table
   */
  static String write(ResultFile result, Path folder, String baseline) {
    String table = ResultTable.of(result, baseline);
    write(folder.resolve("table.md"), table, folder.resolve("chart.png"), ResultChart.of(result));
    return table;
  }

  /** Writes both, or none of them. */
  static void write(Path table, String text, Path chart, ChartSheet sheet) {
    byte[] png = sheet.png();
    AtomicFile.write(
        Map.of(
            table,
            out -> out.write(text.getBytes(StandardCharsets.UTF_8)),
            chart,
            out -> out.write(png)));
  }
}
