package dev.sinter.benchmarks.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.knowm.xchart.AnnotationLine;
import org.knowm.xchart.AnnotationText;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws single panels: lines over the batch size, and bars. */
final class Panels {
  /** Bars whose labels find room beside each other. */
  private static final int LEVEL_LABELS = 7;

  private static final Font PANEL_TITLE = new Font(Font.SANS_SERIF, Font.BOLD, 20);
  private static final Font AXIS_TITLE = new Font(Font.SANS_SERIF, Font.PLAIN, 17);
  private static final Font LABEL = new Font(Font.SANS_SERIF, Font.PLAIN, 15);

  /** Told apart by those who see few colours as well (Okabe and Ito). */
  private static final Map<String, Color> COLORS = new LinkedHashMap<>();

  static {
    COLORS.put("onednn", new Color(0x0072B2));
    COLORS.put("nd4j", new Color(0xE69F00));
    COLORS.put("cuda", new Color(0x009E73));
    COLORS.put("cuda-cudnn", new Color(0x00553F));
    COLORS.put("cuda-tf32", new Color(0x7A3B9A));
    COLORS.put("cuda-bf16", new Color(0xB22222));
    COLORS.put("dl4j", new Color(0xD55E00));
    COLORS.put("djl", new Color(0xCC79A7));
    COLORS.put("pytorch", new Color(0x56B4E9));
    COLORS.put("numpy", new Color(0x8C6D31));
    COLORS.put("reference", new Color(0x666666));
  }

  private static final Color MARK = new Color(0x999999);

  private static final List<Color> MORE =
      List.of(Color.BLACK, new Color(0xB0A000), new Color(0x7B3294), new Color(0x008080));

  /**
   * A line of a panel.
   *
   * @param name in the legend
   * @param trainer who decides its colour
   * @param dashed whether it is drawn so
   * @param points samples/s by batch size
   */
  record Line(String name, String trainer, boolean dashed, SortedMap<Integer, Double> points) {}

  private Panels() {}

  /** Draws samples per second over the batch size, both axes logarithmic. */
  static XYChart lines(String title, List<Line> lines) {
    XYChart chart =
        new XYChartBuilder()
            .width(ChartSheet.WIDTH)
            .height(ChartSheet.HEIGHT)
            .title(title)
            .xAxisTitle("batch size (samples)")
            .yAxisTitle("samples/s")
            .build();
    style(chart.getStyler());
    chart.getStyler().setLegendPosition(LegendPosition.OutsideE).setMarkerSize(9);
    logarithmicAxes(chart, lines);
    List<String> unknown = new ArrayList<>();
    for (Line line : lines) {
      double[] x = line.points.keySet().stream().mapToDouble(Panels::log2).toArray();
      double[] y = line.points.values().stream().mapToDouble(speed -> log2(speed / 1000)).toArray();
      XYSeries series = chart.addSeries(line.name, x, y);
      Color color = color(line.trainer, unknown);
      series.setMarkerColor(color);
      series.setLineColor(color);
      series.setMarker(line.dashed ? SeriesMarkers.DIAMOND : SeriesMarkers.CIRCLE);
      series.setLineStyle(
          line.dashed
              ? new BasicStroke(
                  2.5f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, new float[] {9, 6}, 0)
              : new BasicStroke(2.5f));
    }
    return chart;
  }

  /**
   * Says something of the batch sizes below their axis.
   *
   * @param batch at which an upright line is drawn; 0 for none
   */
  static void mark(XYChart chart, int batch, String remark) {
    chart.setXAxisTitle(chart.getXAxisTitle() + ": " + remark);
    if (batch > 0) {
      chart.getStyler().setAnnotationLineColor(MARK).setAnnotationLineStroke(new BasicStroke(3));
      chart.addAnnotation(new AnnotationLine(log2(batch), true, false));
    }
  }

  /**
   * Both axes carry logarithms of base 2: one step is twice as much. XChart's own logarithmic axis
   * labels powers of ten, and with a formatter its labels are those of a linear one.
   */
  private static void logarithmicAxes(XYChart chart, List<Line> lines) {
    AxesChartStyler styler = chart.getStyler();
    List<Integer> batches =
        lines.stream().flatMap(line -> line.points.keySet().stream()).sorted().toList();
    styler.setXAxisMin(Math.floor(log2(batches.get(0))));
    styler.setXAxisMax(Math.ceil(log2(batches.get(batches.size() - 1))));
    styler.setXAxisTickMarkSpacingHint(60);
    chart.setCustomXAxisTickLabelsFormatter(
        power -> power == Math.rint(power) ? Long.toString(Math.round(Math.pow(2, power))) : " ");
    styler.setYAxisTickMarkSpacingHint(34);
    chart.setCustomYAxisTickLabelsFormatter(power -> Numbers.axis(1000 * Math.pow(2, power)));
  }

  private static double log2(double value) {
    return Math.log(value) / Math.log(2);
  }

  /** Draws one bar a name, with its value above it. */
  static Chart<?, ?> bars(String title, String unit, Map<String, Double> values) {
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(ChartSheet.WIDTH)
            .height(ChartSheet.HEIGHT)
            .title(title)
            .xAxisTitle("trainer")
            .yAxisTitle(unit)
            .build();
    style(chart.getStyler());
    chart.getStyler().setLegendVisible(false);
    chart.getStyler().setAvailableSpaceFill(Math.min(0.6, 0.15 * values.size()));
    chart.getStyler().setYAxisMin(0.0);
    if (values.size() > LEVEL_LABELS) {
      chart.getStyler().setXAxisLabelRotation(40);
    }
    chart.setCustomYAxisTickLabelsFormatter(Numbers::axis);
    chart.addSeries(unit, new ArrayList<>(values.keySet()), new ArrayList<>(values.values()));
    chart.getStyler().setSeriesColors(new Color[] {COLORS.get("onednn")});
    double highest = values.values().stream().mapToDouble(Double::doubleValue).max().orElse(1);
    chart.getStyler().setYAxisMax(highest * 1.12).setAnnotationTextFont(LABEL);
    double place = 0.5; // XChart sets the first category here, the second one at 1.5
    for (double value : values.values()) {
      chart.addAnnotation(
          new AnnotationText(Numbers.of(value), place++, value + 0.04 * highest, false));
    }
    return chart;
  }

  private static void style(AxesChartStyler styler) {
    styler.setChartTitleFont(PANEL_TITLE).setLegendFont(LABEL);
    styler.setAxisTitleFont(AXIS_TITLE).setAxisTickLabelsFont(LABEL);
    styler.setChartBackgroundColor(Color.WHITE).setPlotBorderVisible(false);
    styler.setChartTitleBoxVisible(false).setLegendBorderColor(Color.WHITE);
    styler.setPlotGridLinesColor(new Color(0xDDDDDD)).setChartPadding(16);
  }

  private static Color color(String trainer, List<String> unknown) {
    Color color = COLORS.get(trainer);
    if (color != null) {
      return color;
    }
    if (!unknown.contains(trainer)) {
      unknown.add(trainer);
    }
    return MORE.get(unknown.indexOf(trainer) % MORE.size());
  }
}
