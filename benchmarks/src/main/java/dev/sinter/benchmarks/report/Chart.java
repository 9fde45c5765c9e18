package dev.sinter.benchmarks.report;

import java.awt.Color;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.CategorySeries;
import org.knowm.xchart.CategorySeries.CategorySeriesRenderStyle;
import org.knowm.xchart.style.CategoryStyler;
import org.knowm.xchart.style.Styler.LegendPosition;

/**
 * The chart of a result file, or of two: a panel for each benchmark and recipe, samples/s by batch
 * size, the fastest thread count of each trainer. Lines on a logarithmic axis; bars from 0 if there
 * is one batch size.
 */
final class Chart {
  private static final int WIDTH = 800;
  private static final int HEIGHT = 400;

  private Chart() {}

  /** Returns the panels; none if no row is a speed. */
  static List<CategoryChart> panels(List<Row> rows) {
    SortedMap<String, SortedMap<String, SortedMap<Integer, Double>>> panels = new TreeMap<>();
    TreeSet<String> names = new TreeSet<>();
    for (Row row : rows.stream().filter(Row::isSpeed).toList()) {
      String title = Row.joined(row.benchmark(), row.param(Row.RECIPE));
      String name = Row.joined(row.param(Comparison.SIDE), row.trainer(), row.optimizer());
      names.add(name);
      panels
          .computeIfAbsent(title, key -> new TreeMap<>())
          .computeIfAbsent(name, key -> new TreeMap<>())
          .merge(row.batch(), row.median(), Math::max);
    }
    List<CategoryChart> charts = new ArrayList<>();
    panels.forEach((title, lines) -> charts.add(panel(title, lines, List.copyOf(names))));
    return charts;
  }

  /** A series has the same color in all panels. */
  private static CategoryChart panel(
      String title, Map<String, SortedMap<Integer, Double>> lines, List<String> names) {
    TreeSet<Integer> batches = new TreeSet<>();
    lines.values().forEach(line -> batches.addAll(line.keySet()));
    boolean bars = batches.size() == 1;
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle("batch size")
            .yAxisTitle(Row.SPEED)
            .build();
    CategoryStyler styler = chart.getStyler();
    styler.setDefaultSeriesRenderStyle(
        bars ? CategorySeriesRenderStyle.Bar : CategorySeriesRenderStyle.Line);
    styler.setYAxisLogarithmic(!bars).setYAxisDecimalPattern("#,###");
    styler.setLabelsVisible(bars).setLegendPosition(LegendPosition.OutsideE);
    styler.setOverlapped(!bars).setChartBackgroundColor(Color.WHITE);
    Color[] colors = styler.getSeriesColors();
    lines.forEach(
        (name, speeds) -> {
          List<Double> values = batches.stream().map(speeds::get).toList();
          CategorySeries series = chart.addSeries(name, List.copyOf(batches), values);
          Color color = colors[names.indexOf(name) % colors.length];
          series.setLineColor(color).setFillColor(color);
          series.setMarkerColor(color);
        });
    return chart;
  }

  /** Writes panels as PNG, one below the other. */
  static void write(List<CategoryChart> panels, OutputStream out) throws IOException {
    BitmapEncoder.saveBitmap(panels, panels.size(), 1, out, BitmapFormat.PNG);
  }
}
