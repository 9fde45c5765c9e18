package dev.sinter.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChartTest {
  private static BufferedImage image(Chart chart) throws IOException {
    return ImageIO.read(new ByteArrayInputStream(chart.png()));
  }

  @Test
  void chart_ofManyRows_hasAPanelABenchmarkAndRecipe() throws IOException {
    List<ObjectNode> entries = new ArrayList<>();
    for (String recipe : List.of("mnist-dense", "mnist-sigmoid", "digits01", "fourth")) {
      for (int batch = 32; batch <= 4096; batch *= 2) {
        entries.add(Results.step("onednn", recipe, batch, 1000.0 * batch));
        entries.add(Results.step("nd4j", recipe, batch, 500.0 * batch));
      }
      entries.add(Results.step("unknown", recipe, 64, 7000)); // one point of the line
    }
    entries.add(Results.entry("CeilingBenchmark.gemms", Map.of("batch", "32"), 5));
    Chart chart = Chart.of(Results.parse(Results.file("x", entries.toArray(new ObjectNode[0]))));
    assertThat(chart.panels()).hasSize(4);
    assertThat(chart.panels().get(0).getSeriesMap().keySet())
        .containsExactlyInAnyOrder("onednn", "nd4j", "unknown");
    assertThat(image(chart).getWidth()).isEqualTo(3 * Chart.WIDTH);
    assertThat(image(chart).getHeight()).isBetween(2 * Chart.HEIGHT, 2 * Chart.HEIGHT + 200);
  }

  @Test
  void chart_withoutDrawableRows_isStillAPicture() throws IOException {
    Chart chart =
        Chart.of(
            Results.parse(
                Results.file(
                    "\u00dcn\u00efcode and a name so long that it has to be broken ".repeat(5),
                    Results.entry("StepBenchmark.train", Map.of(), 0),
                    Results.entry("EpochBenchmark.fit", Map.of(), Double.NaN))));
    assertThat(chart.panels()).isEmpty();
    assertThat(chart.title()).contains("Nothing was measured.");
    assertThat(image(chart).getHeight()).isGreaterThan(150); // the title takes several lines
  }

  @Test
  void chart_ofTwoMachines_drawsBothIntoOnePanelAndSaysWhoWins() throws IOException {
    ResultFile a =
        Results.parse(
            Results.file(
                "a", Results.step("onednn", "d", 32, 10), Results.step("onednn", "d", 64, 20)));
    ResultFile b = Results.parse(Results.file("b", Results.step("cuda", "d", 64, 40)));
    Chart chart = Chart.of(Comparison.of(a, List.of(), b, List.of()));
    assertThat(chart.panels()).hasSize(1);
    assertThat(chart.panels().get(0).getSeriesMap().keySet()).containsExactly("A onednn", "B cuda");
    assertThat(chart.panels().get(0).getXAxisTitle()).isEqualTo("batch size: B is faster at each");
    assertThat(image(chart).getWidth()).isEqualTo(Chart.WIDTH);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "0.5, 0.5", "500, 500", "20000, 20k", "1024000, 1.02M", "1000000, 1M"})
  void axisLabel_ofAnySize_isShort(double value, String expected) {
    assertThat(Chart.axis(value)).isEqualTo(expected);
  }
}
