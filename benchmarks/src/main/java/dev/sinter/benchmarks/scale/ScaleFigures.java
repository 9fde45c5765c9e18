package dev.sinter.benchmarks.scale;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;

/** The figures of {@link Scale}: panels of lines, both axes logarithmic. */
final class ScaleFigures {
  private static final int WIDTH = 500;
  private static final int HEIGHT = 330;
  private static final String NETWORK = "10 Gbit/s";

  private final List<XYChart> panels = new ArrayList<>();

  /** A point of a line, by its name. */
  private record Point(String line, double x, double y) {}

  static void write(
      Path folder, List<Scale.Sum> sums, List<Scale.Row> rows, Map<String, Curve> samples)
      throws IOException {
    ScaleFigures batches = new ScaleFigures();
    batches.panel(
        "Samples to the target, as a multiple of the fewest",
        "batch size",
        samples.entrySet().stream().flatMap(each -> multiples(each.getKey(), each.getValue())));
    batches.write(folder.resolve("samples.png"), 1);

    ScaleFigures reduce = new ScaleFigures();
    for (long floats : sums.stream().mapToLong(Scale.Sum::floats).distinct().toArray()) {
      for (int each : new int[] {1, 8}) {
        reduce.panel(
            "ms for %,d floats, %s, workers a machine: %d".formatted(floats, NETWORK, each),
            "workers",
            sums.stream()
                .filter(sum -> sum.floats() == floats && sum.each() == each)
                .filter(sum -> sum.network().equals(NETWORK))
                .map(
                    sum -> new Point(sum.algorithm().label(), sum.workers(), sum.seconds() * 1e3)));
      }
    }
    reduce.write(folder.resolve("all-reduce.png"), 2);

    List<String> works = rows.stream().map(Scale.Row::work).distinct().toList();
    ScaleFigures training = new ScaleFigures();
    ScaleFigures networks = new ScaleFigures();
    for (String work : works) {
      List<Scale.Row> own = rows.stream().filter(row -> row.work().equals(work)).toList();
      training.panel(
          work + ": seconds to the target, " + NETWORK,
          "machines",
          own.stream()
              .filter(row -> row.network().equals(NETWORK) && row.algorithm() == AllReduce.DIRECT)
              .map(row -> new Point(row.mode(), row.machines(), row.seconds())));
      if (!work.equals("mnist-dense") && !work.equals(Scale.LARGE)) {
        continue;
      }
      networks.panel(
          work + ", best batch, seconds",
          "machines",
          own.stream()
              .filter(row -> row.mode().equals("best"))
              .map(
                  row ->
                      new Point(
                          row.network() + " " + row.algorithm().label(),
                          row.machines(),
                          row.seconds())));
    }
    training.write(folder.resolve("training.png"), 2);
    networks.write(folder.resolve("networks.png"), 2);
  }

  private static Stream<Point> multiples(String name, Curve curve) {
    double fewest = curve.points().values().stream().min(Double::compare).orElseThrow();
    return curve.points().entrySet().stream()
        .map(point -> new Point(name, point.getKey(), point.getValue() / fewest));
  }

  private void panel(String title, String x, Stream<Point> points) {
    Map<String, SortedMap<Double, Double>> lines = new LinkedHashMap<>();
    points.forEach(
        point -> lines.computeIfAbsent(point.line, name -> new TreeMap<>()).put(point.x, point.y));
    XYChart chart =
        new XYChartBuilder().width(WIDTH).height(HEIGHT).title(title).xAxisTitle(x).build();
    XYStyler styler = chart.getStyler();
    styler.setXAxisLogarithmic(true).setYAxisLogarithmic(true);
    styler.setChartBackgroundColor(java.awt.Color.WHITE);
    styler.setLegendPosition(LegendPosition.OutsideE);
    styler.setChartTitleFont(styler.getChartTitleFont().deriveFont(12f)).setMarkerSize(5);
    lines.forEach(
        (name, line) ->
            chart.addSeries(name, List.copyOf(line.keySet()), List.copyOf(line.values())));
    panels.add(chart);
  }

  private void write(Path file, int columns) throws IOException {
    int rows = (panels.size() + columns - 1) / columns;
    BitmapEncoder.saveBitmap(panels, rows, columns, file.toString(), BitmapFormat.PNG);
  }
}
