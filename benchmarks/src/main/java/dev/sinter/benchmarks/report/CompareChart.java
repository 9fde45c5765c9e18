package dev.sinter.benchmarks.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.internal.chartpart.Chart;

/**
 * The chart of a comparison: samples/s over the batch size, A's lines whole, B's dashed; an upright
 * line where the GPU begins to win.
 */
final class CompareChart {
  private static final int MOST_COLUMNS = 3;

  private CompareChart() {}

  static ChartSheet of(Comparison comparison) {
    Map<String, Map<String, Panels.Line>> panels = new LinkedHashMap<>();
    collect(panels, "A", comparison.a());
    collect(panels, "B", comparison.b());
    List<Chart<?, ?>> charts = new ArrayList<>();
    panels.forEach(
        (title, lines) -> {
          GpuComparison.Duel duel = duel(comparison, title);
          XYChart panel = Panels.lines(title, List.copyOf(lines.values()));
          if (duel != null) {
            Panels.mark(panel, duel.winsFrom(), duel.verdict());
          }
          charts.add(panel);
        });
    List<String> title =
        List.of(
            "Samples per second, medians of the fastest thread count",
            CompareTable.title("A, whole lines", comparison.a().machine()),
            CompareTable.title("B, dashed", comparison.b().machine()));
    return new ChartSheet(title, charts, Math.max(1, Math.min(MOST_COLUMNS, charts.size())));
  }

  /** Returns the duel of a panel, with the recipe's own optimizer; null where there is none. */
  private static GpuComparison.Duel duel(Comparison comparison, String title) {
    return comparison.gpu().duels().stream()
        .filter(duel -> duel.title().equals(title))
        .findFirst()
        .orElse(null);
  }

  /** Adds a file's rows to the panels; rows without a batch size cannot be drawn over it. */
  private static void collect(
      Map<String, Map<String, Panels.Line>> panels, String which, ResultFile file) {
    for (Row row : ResultChart.speeds(file)) {
      if (row.batch() > 0 && !row.isCeiling() && row.metric().isEmpty()) {
        String name = which + " " + ResultChart.lineName(row);
        panels
            .computeIfAbsent(ResultChart.panelTitle(row), title -> new LinkedHashMap<>())
            .computeIfAbsent(
                name,
                key ->
                    new Panels.Line(
                        key, row.param(Row.TRAINER), which.equals("B"), new TreeMap<>()))
            .points()
            .merge(row.batch(), row.spread().median(), Math::max);
      }
    }
  }
}
