package dev.sinter.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.benchmarks.report.GpuComparison.Duel;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** CPU and GPU side by side. All numbers are made up. */
class GpuComparisonTest {
  private static final List<Integer> BATCHES = List.of(32, 128, 512);

  @TempDir private Path folder;

  /** A file with one step's speeds a batch; 0 for not measured. */
  private static ResultFile file(String trainer, double at32, double at128, double at512) {
    List<ObjectNode> entries = new ArrayList<>();
    List<Double> speeds = List.of(at32, at128, at512);
    for (int i = 0; i < speeds.size(); i++) {
      if (speeds.get(i) > 0) {
        entries.add(Results.step(trainer, "made", BATCHES.get(i), speeds.get(i)));
      }
    }
    return Results.parse(Results.file(trainer, entries.toArray(new ObjectNode[0])));
  }

  private static ResultFile together(ResultFile... files) {
    List<Row> rows = new ArrayList<>();
    for (ResultFile file : files) {
      rows.addAll(file.rows());
    }
    return new ResultFile("made", files[0].machine(), rows, List.of(), List.of());
  }

  @ParameterizedTest
  @CsvSource({
    "50, 150, 300, 128, GPU wins from batch 128",
    "150, 50, 300, 512, GPU wins from batch 512",
    "150, 150, 300, 32, GPU wins at every batch measured",
    "50, 50, 100, 0, GPU wins at none of the batches measured",
    "150, 150, 50, 0, 'GPU wins at batch 32, 128, not at the largest'",
    "0, 150, 300, 128, GPU wins at every batch measured"
  })
  void verdict_againstAHundredAtEachBatch_namesTheCrossover(
      double at32, double at128, double at512, int from, String verdict) {
    Duel duel =
        GpuComparison.of(file("onednn", 100, 100, 100), file("cuda", at32, at128, at512))
            .duels()
            .get(0);
    assertThat(duel.title()).isEqualTo("step.train, made");
    assertThat(duel.winsFrom()).isEqualTo(from);
    assertThat(duel.verdict()).isEqualTo(verdict);
  }

  @Test
  void sides_ofManyTrainers_areTheFastestAndFloat32Decides() {
    ResultFile cpu = together(file("onednn", 100, 100, 100), file("nd4j", 10, 120, 10));
    ResultFile gpu =
        together(
            file("cuda", 10, 90, 300),
            file("cuda-cudnn", 20, 130, 200),
            file("cuda-tf32", 500, 500, 600),
            file("cuda-bf16", 0, 0, 700));
    assertThat(CompareTable.of(Comparison.of(cpu, gpu)))
        .contains(
            "CPU: A, its fastest",
            "GPU: B, its fastest",
            "- step.train, made: GPU wins from batch 128\n")
        .containsPattern(
            "step.train, made \\| +32 \\| +100 \\| onednn, threads 2 \\| +20.0 \\| cuda-cudnn, threads 2 \\| +0.200 \\| +500 \\| +\\|")
        .containsPattern(
            "step.train, made \\| +128 \\| +120 \\| nd4j, threads 2 +\\| +130 \\| cuda-cudnn, threads 2 \\| +1.08 \\| +500 \\| +\\|")
        .containsPattern(
            "step.train, made \\| +512 \\| +100 \\| onednn, threads 2 \\| +300 \\| cuda, threads 2 +\\| +3.00 \\| +600 \\| +700 \\|");
  }

  @Test
  void precision_ofEachRow_isNamedInTheTables() {
    ResultFile both =
        together(
            file("onednn", 100, 0, 0), file("cuda-tf32", 500, 0, 0), file("cuda-bf16", 600, 0, 0));
    assertThat(ResultTable.of(both, null))
        .containsPattern("onednn +\\| float32")
        .containsPattern("cuda-tf32 +\\| tf32")
        .containsPattern("cuda-bf16 +\\| bf16");
  }

  @Test
  void files_inAnyOrderOrOneAlone_putTheCpuBesideTheGpu() {
    ResultFile cpu = file("onednn", 100, 100, 100);
    ResultFile gpu = file("cuda", 50, 150, 300);
    ResultFile both = together(cpu, gpu);
    assertThat(GpuComparison.of(cpu, gpu)).extracting("cpu", "gpu").containsExactly("A", "B");
    assertThat(GpuComparison.of(gpu, cpu)).extracting("cpu", "gpu").containsExactly("B", "A");
    assertThat(GpuComparison.of(both, both)).extracting("cpu", "gpu").containsExactly("A", "B");
    assertThat(GpuComparison.of(cpu, both)).extracting("cpu", "gpu").containsExactly("A", "B");
    assertThat(GpuComparison.of(gpu, both)).extracting("cpu", "gpu").containsExactly("B", "B");
    for (GpuComparison some : List.of(GpuComparison.of(gpu, cpu), GpuComparison.of(gpu, both))) {
      assertThat(some.duels()).singleElement().extracting(Duel::winsFrom).isEqualTo(128);
    }
  }

  @Test
  void files_withoutACpuOrWithoutAGpu_haveNoSection() {
    ResultFile cpu = file("onednn", 100, 100, 100);
    ResultFile gpu = file("cuda", 50, 150, 300);
    assertThat(GpuComparison.of(cpu, cpu).duels()).isEmpty();
    assertThat(GpuComparison.of(gpu, gpu).duels()).isEmpty();
    assertThat(CompareTable.of(Comparison.of(cpu, cpu))).doesNotContain("GPU");
  }

  @Test
  void batches_thatTheCpuHasNot_areShownAndDoNotDecide() {
    Duel duel =
        GpuComparison.of(file("onednn", 100, 0, 0), file("cuda", 50, 150, 300)).duels().get(0);
    assertThat(duel.verdict()).isEqualTo("GPU wins at none of the batches measured");
    assertThat(duel.batches()).containsOnlyKeys(32, 128, 512);
    assertThat(
            GpuComparison.of(file("onednn", 100, 0, 0), file("cuda", 0, 150, 300))
                .duels()
                .get(0)
                .verdict())
        .isEqualTo("no batch was measured on both");
  }

  @Test
  void compare_cpuAndGpu_saysWhereTheGpuWinsInTableAndChart() throws IOException {
    Path a =
        Results.write(
            folder.resolve("a.json"), made("A made-up CPU", "onednn", 4096, 90_000, 200_000));
    ObjectNode gpu = made("A made-up GPU's host", "cuda", 16384, 60_000, 4_000_000);
    made("", "cuda-tf32", 16384, 60_000, 6_000_000)
        .get("results")
        .forEach(gpu.withArray("results")::add);
    Path b = Results.write(folder.resolve("b.json"), gpu);
    StringWriter out = new StringWriter();
    PrintWriter writer = new PrintWriter(out, true);
    String target = folder.toString();
    assertThat(Report.run(writer, writer, "compare", a.toString(), b.toString(), "--out", target))
        .isZero();
    assertThat(out.toString())
        .contains("## CPU and GPU", "step.train, mnist-dense: GPU wins from batch 64")
        .containsPattern("step.train, mnist-dense +\\| +16384 \\| +- \\| - ");
    ChartSheet sheet = CompareChart.of(Comparison.of(ResultFile.read(a), ResultFile.read(b)));
    assertThat(sheet.panels()).hasSize(3);
    assertThat(sheet.panels().get(1).getXAxisTitle())
        .isEqualTo("batch size (samples): GPU wins from batch 64");
    assertThat(Files.size(Path.of(target, "compare.png"))).isGreaterThan(30_000);
    byte[] marked = sheet.png();
    assertThat(marked).as("the mark is drawn").isNotEqualTo(unmarked(a, b).png());
  }

  /** The same lines and titles without a mark. */
  private static ChartSheet unmarked(Path a, Path b) {
    Comparison comparison = Comparison.of(ResultFile.read(a), ResultFile.read(b));
    ChartSheet sheet = CompareChart.of(comparison);
    sheet.panels().forEach(panel -> panel.getStyler().setAnnotationLineColor(java.awt.Color.WHITE));
    return sheet;
  }

  /** Speeds that rise with the batch size towards a limit, on three networks. */
  private static ObjectNode made(
      String cpu, String trainer, int largest, double atSmallest, double limit) {
    List<ObjectNode> entries = new ArrayList<>();
    for (String recipe : List.of("mnist-dense", "mnist-sigmoid", "digits01")) {
      for (int batch = 32; batch <= largest; batch *= 2) {
        double share = limit / atSmallest * 32;
        entries.add(Results.step(trainer, recipe, batch, limit * batch / (batch + share)));
      }
    }
    return Results.file(cpu, entries.toArray(new ObjectNode[0]));
  }
}
