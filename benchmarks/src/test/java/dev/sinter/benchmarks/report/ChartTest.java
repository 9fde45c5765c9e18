package dev.sinter.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.knowm.xchart.CategoryChart;

class ChartTest {
  private static List<Row> rows(ObjectNode... entries) {
    return Results.parse(Results.file("x", entries)).rows();
  }

  @Test
  void chart_ofManyRows_hasAPanelABenchmarkAndRecipe() throws IOException {
    List<ObjectNode> entries = new ArrayList<>();
    for (String recipe : List.of("mnist-dense", "mnist-sigmoid")) {
      for (int batch = 32; batch <= 4096; batch *= 2) {
        entries.add(Results.step("onednn", recipe, batch, 1000.0 * batch));
        entries.add(Results.step("nd4j", recipe, batch, 500.0 * batch));
      }
    }
    entries.add(Results.step("unknown", "mnist-sigmoid", 64, 7000)); // one point of the line
    entries.add(Results.entry("CeilingBenchmark.gemms", Map.of("batch", "32"), 5));
    List<CategoryChart> panels = Chart.panels(rows(entries.toArray(new ObjectNode[0])));
    assertThat(panels)
        .extracting(panel -> panel.getSeriesMap().keySet().toString())
        .containsExactly("[nd4j, onednn]", "[nd4j, onednn, unknown]");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Chart.write(panels, out);
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(out.toByteArray()));
    assertThat(image.getWidth()).isEqualTo(panels.get(0).getWidth());
    assertThat(image.getHeight()).isEqualTo(2 * panels.get(0).getHeight());
    long colors = Arrays.stream(image.getRGB(0, 0, 800, 400, null, 0, 800)).distinct().count();
    assertThat(colors).isGreaterThan(10); // something was drawn
  }

  @Test
  void chart_withoutSpeeds_hasNoPanel() {
    List<Row> rows =
        rows(
            Results.entry("StepBenchmark.train", Map.of("batch", "32"), 0),
            Results.entry("StepBenchmark.train", Map.of("batch", "32"), Double.NaN),
            Results.entry("StepBenchmark.train", Map.of(), 5));
    assertThat(Chart.panels(rows)).isEmpty();
  }

  @Test
  void chart_ofTwoSides_drawsBothIntoOnePanel() {
    ResultFile a = Results.parse(Results.file("a", Results.step("onednn", "d", 64, 20)));
    ResultFile b = Results.parse(Results.file("b", Results.step("cuda", "d", 64, 40)));
    List<CategoryChart> panels = Chart.panels(Comparison.of(a, List.of(), b, List.of()).rows());
    assertThat(panels).hasSize(1);
    assertThat(panels.get(0).getSeriesMap().keySet()).containsExactly("A, onednn", "B, cuda");
  }
}
