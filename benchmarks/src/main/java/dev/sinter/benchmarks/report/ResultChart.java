package dev.sinter.benchmarks.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.knowm.xchart.internal.chartpart.Chart;

/**
 * The chart of one result file: a panel a benchmark and recipe. Each point is the median of the
 * fastest thread count; the table has them all.
 */
final class ResultChart {
  private static final int MOST_COLUMNS = 3;

  private ResultChart() {}

  /** Returns the chart; without a panel where nothing was measured. */
  static ChartSheet of(ResultFile result) {
    List<Chart<?, ?>> panels = new ArrayList<>();
    panels(result).forEach((title, lines) -> panels.add(panel(title, lines)));
    for (String kind : List.of(ColdRow.FIRST_STEP, ColdRow.ACCURACY)) {
      Map<String, Double> seconds = new LinkedHashMap<>();
      result.cold().stream()
          .filter(row -> row.kind().equals(kind) && !row.seconds().isEmpty())
          .forEach(row -> seconds.put(row.trainer(), Spread.of(row.seconds()).median()));
      if (!seconds.isEmpty()) {
        panels.add(Panels.bars("Start of the process to " + kind, "seconds", seconds));
      }
    }
    String date = result.machine().path("date").asText();
    String second =
        panels.isEmpty()
            ? "Nothing was measured."
            : "Medians of the fastest thread count" + (date.isEmpty() ? "" : ", " + date);
    int columns = Math.max(1, Math.min(MOST_COLUMNS, panels.size()));
    return new ChartSheet(List.of(Machine.title(result.machine()), second), panels, columns);
  }

  /** Collects the lines of each panel, by its title. */
  private static Map<String, List<Panels.Line>> panels(ResultFile result) {
    Map<String, Map<String, Panels.Line>> panels = new LinkedHashMap<>();
    for (Row row : speeds(result)) {
      panels
          .computeIfAbsent(panelTitle(row), title -> new LinkedHashMap<>())
          .computeIfAbsent(
              lineName(row),
              name ->
                  new Panels.Line(
                      name, row.param(Row.TRAINER), isCeilingItself(row), new TreeMap<>()))
          .points()
          .merge(row.batch(), row.spread().median(), Math::max);
    }
    Map<String, List<Panels.Line>> lines = new LinkedHashMap<>();
    panels.forEach((title, byName) -> lines.put(title, List.copyOf(byName.values())));
    return lines;
  }

  /** Returns the rows that can be drawn, in the table's order. */
  static List<Row> speeds(ResultFile result) {
    return result.rows().stream()
        .filter(
            row ->
                row.isSpeed()
                    && row.spread().median() > 0
                    && Double.isFinite(row.spread().median()))
        .sorted(ResultTable.BY_MEASUREMENT)
        .toList();
  }

  static String panelTitle(Row row) {
    String recipe = row.param(Row.RECIPE);
    return recipe.isEmpty() ? row.primary() : row.primary() + ", " + recipe;
  }

  /** Returns the trainer, the optimizer where it is not the recipe's own, and the metric. */
  static String lineName(Row row) {
    String name = String.join(" ", row.param(Row.TRAINER), ResultTable.optimizer(row), metric(row));
    String shown = name.strip().replaceAll(" +", " ");
    return shown.isEmpty() ? row.primary() : shown;
  }

  private static String metric(Row row) {
    return isCeilingItself(row) ? "ceiling" : row.metric();
  }

  private static boolean isCeilingItself(Row row) {
    return row.isCeiling() && row.metric().isEmpty();
  }

  private static Chart<?, ?> panel(String title, List<Panels.Line> lines) {
    long batches =
        lines.stream().flatMap(line -> line.points().keySet().stream()).distinct().count();
    boolean withoutBatch = lines.stream().anyMatch(line -> line.points().firstKey() == 0);
    if (batches > 1 && !withoutBatch) {
      return Panels.lines(title, lines);
    }
    Map<String, Double> values = new LinkedHashMap<>();
    lines.forEach(
        line ->
            line.points().forEach((batch, speed) -> values.merge(line.name(), speed, Math::max)));
    int batch = lines.get(0).points().firstKey();
    return Panels.bars(batch == 0 ? title : title + ", batch " + batch, "samples/s", values);
  }
}
