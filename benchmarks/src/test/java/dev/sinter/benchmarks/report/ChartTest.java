package dev.sinter.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChartTest {
  @TempDir private Path folder;

  @Test
  void chart_ofJmhsFile_isAPngOfItsPanels() throws IOException {
    ChartSheet sheet = ResultChart.of(ResultFile.read(Results.recorded(folder)));
    assertThat(sheet.panels()).hasSize(2); // the step, and the ceiling beside it
    BufferedImage image = image(sheet);
    assertThat(image.getWidth()).isEqualTo(2 * ChartSheet.WIDTH);
    assertThat(image.getHeight()).isBetween(ChartSheet.HEIGHT + 60, ChartSheet.HEIGHT + 150);
  }

  @Test
  void chart_ofManyRows_hasAPanelABenchmarkAndRecipe() throws IOException {
    List<ObjectNode> entries = new ArrayList<>();
    for (String trainer : List.of("onednn", "nd4j", "a", "b", "c", "d", "e")) {
      for (String recipe : List.of("mnist-dense", "mnist-sigmoid", "digits01", "fourth")) {
        for (int batch = 32; batch <= 4096; batch *= 2) {
          entries.add(Results.step(trainer, recipe, batch, 1000.0 * batch));
        }
      }
    }
    ChartSheet sheet =
        ResultChart.of(Results.parse(Results.file("x", entries.toArray(new ObjectNode[0]))));
    assertThat(sheet.panels()).hasSize(4);
    assertThat(sheet.columns()).isEqualTo(3);
    assertThat(image(sheet).getHeight()).isGreaterThan(2 * ChartSheet.HEIGHT);
  }

  @Test
  void chart_withoutDrawableRows_isStillAPicture() throws IOException {
    ResultFile none =
        Results.parse(
            Results.file(
                "\u00dcn\u00efcode and a name so long that it has to be broken ".repeat(5),
                Results.entry("StepBenchmark.train", Map.of(), 0),
                Results.entry("EpochBenchmark.fit", Map.of(), Double.NaN)));
    ChartSheet sheet = ResultChart.of(none);
    assertThat(sheet.panels()).isEmpty();
    BufferedImage image = image(sheet);
    assertThat(image.getWidth()).isEqualTo(ChartSheet.WIDTH);
    assertThat(image.getHeight()).isGreaterThan(100); // the title takes several lines
  }

  @Test
  void compareChart_twoMachines_drawsBothIntoOnePanel() throws IOException {
    ResultFile a =
        Results.parse(
            Results.file(
                "a", Results.step("onednn", "d", 32, 10), Results.step("onednn", "d", 64, 20)));
    ResultFile b = Results.parse(Results.file("b", Results.step("cuda", "d", 64, 40)));
    ChartSheet sheet = CompareChart.of(Comparison.of(a, b));
    assertThat(sheet.panels()).hasSize(1);
    assertThat(sheet.panels().get(0).getSeriesMap().keySet()).containsExactly("A onednn", "B cuda");
    assertThat(image(sheet).getWidth()).isEqualTo(ChartSheet.WIDTH);
  }

  private static BufferedImage image(ChartSheet sheet) throws IOException {
    byte[] png = sheet.png();
    assertThat(png).startsWith(0x89, 'P', 'N', 'G');
    return ImageIO.read(new ByteArrayInputStream(png));
  }
}
