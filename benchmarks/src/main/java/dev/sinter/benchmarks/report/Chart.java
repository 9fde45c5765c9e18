package dev.sinter.benchmarks.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import javax.imageio.ImageIO;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.CategorySeries;
import org.knowm.xchart.CategorySeries.CategorySeriesRenderStyle;
import org.knowm.xchart.style.CategoryStyler;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * The chart of a result file, or of two: a panel for each benchmark and recipe, samples/s by batch
 * size, the fastest thread count of each trainer. Lines on a logarithmic axis; bars from 0 if there
 * is one batch size.
 *
 * @param title its lines
 * @param panels three beside each other, all of {@link #WIDTH} x {@link #HEIGHT} pixels
 */
record Chart(List<String> title, List<CategoryChart> panels) {
  static final int WIDTH = 800;
  static final int HEIGHT = 520;
  private static final int COLUMNS = 3;
  private static final int MARGIN = 24;
  private static final int LINE_HEIGHT = 30;

  /** Told apart by those who see few colours as well (Okabe and Ito). */
  private static final Map<String, Color> COLORS =
      Map.ofEntries(
          Map.entry("onednn", new Color(0x0072B2)),
          Map.entry("nd4j", new Color(0xE69F00)),
          Map.entry("cuda", new Color(0x009E73)),
          Map.entry("cuda-cudnn", new Color(0x00553F)),
          Map.entry("cuda-tf32", new Color(0x7A3B9A)),
          Map.entry("cuda-bf16", new Color(0xB22222)),
          Map.entry("dl4j", new Color(0xD55E00)),
          Map.entry("djl", new Color(0xCC79A7)),
          Map.entry("pytorch", new Color(0x56B4E9)),
          Map.entry("numpy", new Color(0x8C6D31)),
          Map.entry("reference", new Color(0x666666)));

  /** A series of a panel: samples/s by batch size. */
  private record Line(String trainer, boolean dashed, SortedMap<Integer, Double> points) {}

  /** Draws a result; without a panel if nothing can be drawn. */
  static Chart of(ResultFile result) {
    Map<String, Map<String, Line>> panels = new LinkedHashMap<>();
    collect(panels, result.rows(), "", false);
    String date = result.machine().path("date").asText();
    return chart(List.of(Table.title(result.machine()), date), panels, Map.of());
  }

  /** Draws two sides: A's lines whole, B's dashed. */
  static Chart of(Comparison comparison) {
    Map<String, Map<String, Line>> panels = new LinkedHashMap<>();
    List<Comparison.Pair> pairs = comparison.pairs();
    collect(panels, pairs.stream().map(Comparison.Pair::a).toList(), "A ", false);
    collect(panels, pairs.stream().map(Comparison.Pair::b).toList(), "B ", true);
    String a = "A, whole lines: " + Table.title(comparison.a().machine());
    String b = "B, dashed: " + Table.title(comparison.b().machine());
    return chart(List.of(a, b), panels, comparison.races());
  }

  private static void collect(
      Map<String, Map<String, Line>> panels, List<Row> rows, String prefix, boolean dashed) {
    rows.stream()
        .filter(row -> row != null && row.isSpeed() && row.number(Row.BATCH) > 0)
        .filter(row -> !row.isCeiling()) // the table says how near to it the steps came
        .sorted(Table.BY_MEASUREMENT)
        .forEach(
            row -> {
              String title = Row.joined(row.benchmark(), row.param(Row.RECIPE));
              String name = prefix + Row.joined(row.trainer(), row.optimizer());
              panels
                  .computeIfAbsent(title, key -> new LinkedHashMap<>())
                  .computeIfAbsent(name, key -> new Line(row.trainer(), dashed, new TreeMap<>()))
                  .points
                  .merge(row.number(Row.BATCH), row.median(), Math::max);
            });
  }

  private static Chart chart(
      List<String> title,
      Map<String, Map<String, Line>> panels,
      Map<String, Comparison.Race> races) {
    List<CategoryChart> charts = new ArrayList<>();
    panels.forEach((name, lines) -> charts.add(panel(name, lines, races.get(name))));
    List<String> all = new ArrayList<>(title);
    all.add(charts.isEmpty() ? "Nothing was measured." : "Medians of the fastest thread count");
    return new Chart(all.stream().filter(line -> !line.isEmpty()).toList(), charts);
  }

  private static CategoryChart panel(String title, Map<String, Line> lines, Comparison.Race race) {
    TreeSet<Integer> batches = new TreeSet<>();
    lines.values().forEach(line -> batches.addAll(line.points.keySet()));
    boolean bars = batches.size() == 1;
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title(title)
            .xAxisTitle("batch size" + (race == null ? "" : ": " + race.winner()))
            .yAxisTitle("samples/s")
            .build();
    style(chart.getStyler(), bars);
    chart.setCustomYAxisTickLabelsFormatter(y -> axis(bars ? y : Math.pow(2, y)));
    lines.forEach(
        (name, line) -> {
          List<Double> values = new ArrayList<>();
          for (int batch : batches) {
            Double speed = line.points.get(batch);
            values.add(speed == null || bars ? speed : (Double) (Math.log(speed) / Math.log(2)));
          }
          CategorySeries series =
              chart.addSeries(name, batches.stream().map(String::valueOf).toList(), values);
          Color own = COLORS.getOrDefault(line.trainer, Color.BLACK);
          Color color = line.dashed && bars ? own.brighter() : own;
          series.setFillColor(color);
          series.setLineColor(color);
          series.setMarkerColor(color);
          series.setMarker(line.dashed ? SeriesMarkers.DIAMOND : SeriesMarkers.CIRCLE);
          series.setLineStyle(
              new BasicStroke(
                  2.5f,
                  BasicStroke.CAP_BUTT,
                  BasicStroke.JOIN_ROUND,
                  1,
                  line.dashed ? new float[] {9, 6} : null,
                  0));
        });
    return chart;
  }

  private static void style(CategoryStyler styler, boolean bars) {
    styler.setDefaultSeriesRenderStyle(
        bars ? CategorySeriesRenderStyle.Bar : CategorySeriesRenderStyle.Line);
    styler.setLabelsVisible(bars).setLabelsPosition(0.95);
    styler.setAvailableSpaceFill(0.8).setOverlapped(!bars);
    if (bars) {
      styler.setYAxisMin(0.0);
    }
    styler.setMarkerSize(9).setLegendPosition(LegendPosition.OutsideE);
    styler.setChartTitleFont(font(Font.BOLD, 20)).setLegendFont(font(Font.PLAIN, 15));
    styler.setAxisTitleFont(font(Font.PLAIN, 17)).setAxisTickLabelsFont(font(Font.PLAIN, 15));
    styler.setLabelsFont(font(Font.PLAIN, 13));
    styler.setChartBackgroundColor(Color.WHITE).setPlotBorderVisible(false);
    styler.setChartTitleBoxVisible(false).setLegendBorderColor(Color.WHITE);
    styler.setPlotGridLinesColor(new Color(0xDDDDDD)).setChartPadding(16);
  }

  private static Font font(int style, int size) {
    return new Font(Font.SANS_SERIF, style, size);
  }

  /** Returns short text for an axis: 500, 20k, 1M, 0.5. */
  static String axis(double value) {
    String unit = value >= 1e6 ? "M" : value >= 1e3 ? "k" : "";
    double shown = value >= 1e6 ? value / 1e6 : value >= 1e3 ? value / 1e3 : value;
    BigDecimal rounded = BigDecimal.valueOf(shown).round(new MathContext(3));
    return rounded.stripTrailingZeros().toPlainString() + unit;
  }

  /** Returns the picture as PNG. */
  byte[] png() {
    int columns = Math.max(1, Math.min(COLUMNS, panels.size()));
    int rows = (panels.size() + columns - 1) / columns;
    List<String> lines = wrapped(columns * WIDTH / 11); // characters of the title's font
    int top = 2 * MARGIN + LINE_HEIGHT * lines.size();
    BufferedImage image =
        new BufferedImage(columns * WIDTH, top + rows * HEIGHT, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
    graphics.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    graphics.setColor(Color.BLACK);
    graphics.setFont(font(Font.PLAIN, 18));
    for (int i = 0; i < lines.size(); i++) {
      graphics.drawString(lines.get(i), MARGIN, MARGIN + LINE_HEIGHT * i + 24);
    }
    for (int i = 0; i < panels.size(); i++) {
      BufferedImage panel = BitmapEncoder.getBufferedImage(panels.get(i));
      graphics.drawImage(panel, i % columns * WIDTH, top + i / columns * HEIGHT, null);
    }
    graphics.dispose();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", out);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return out.toByteArray();
  }

  private List<String> wrapped(int most) {
    List<String> lines = new ArrayList<>();
    for (String line : title) {
      lines.addAll(List.of(line.replaceAll("(.{1," + most + "})( |$)", "$1\n").split("\n")));
    }
    return lines;
  }
}
