package dev.sinter.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.errors.InputException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ComparisonTest {
  private static final ResultFile CPU =
      Results.parse(
          Results.file(
              "A laptop",
              Results.step("onednn", "mnist-dense", 32, 100),
              Results.step("onednn", "mnist-dense", 128, 200),
              Results.step("onednn", "mnist-dense", 512, 300),
              Results.step("nd4j", "mnist-dense", 512, 350),
              Results.step("onednn", "digits01", 32, 10)));

  private static ResultFile gpu(double at32, double at128, double at512) {
    return Results.parse(
        Results.file(
            "A workstation",
            Results.step("cuda", "mnist-dense", 32, at32),
            Results.step("cuda", "mnist-dense", 128, at128),
            Results.step("cuda", "mnist-dense", 512, at512),
            Results.step("onednn", "mnist-dense", 32, 150)));
  }

  @Test
  void rows_ofBothFiles_areCommonOrStandAlone() {
    Comparison comparison = Comparison.of(CPU, gpu(50, 400, 900));
    assertThat(comparison.common()).hasSize(1);
    assertThat(comparison.onlyA()).hasSize(4);
    assertThat(comparison.onlyB()).hasSize(3);
    assertThat(CompareTable.of(comparison))
        .contains(
            "A laptop",
            "A workstation",
            "## Rows of both",
            "## Rows of A alone",
            "## Rows of B alone")
        .containsPattern(
            "step.train \\| mnist-dense \\| +32 \\| +2 \\| onednn +\\| float32 +\\| 100 \\| 150 \\| +1.50");
  }

  @Test
  void race_fasterFromABatchOn_namesIt() {
    Comparison.Race race = Comparison.of(CPU, slowAt32()).races().get(0);
    assertThat(race.title()).isEqualTo("step.train, mnist-dense");
    assertThat(race.winsFrom()).isEqualTo(128);
    assertThat(race.verdict())
        .isEqualTo(
            "B is faster from batch size 128 on (2.00 times at 128, 2.57 times at 512)"); // 900
    // against
    // nd4j's
    // 350
  }

  private static ResultFile slowAt32() {
    return Results.parse(
        Results.file(
            "w",
            Results.step("cuda", "mnist-dense", 32, 50),
            Results.step("cuda", "mnist-dense", 128, 400),
            Results.step("cuda", "mnist-dense", 512, 900)));
  }

  @Test
  void race_wonOnlyInBetweenOrEverywhere_isSaidSo() {
    assertThat(Comparison.of(CPU, gpu(50, 400, 200)).races().get(0).verdict())
        .isEqualTo("B is not faster at the largest batch size, 512: 0.571 of A's speed");
    assertThat(Comparison.of(CPU, gpu(500, 400, 900)).races().get(0).verdict())
        .startsWith("B is faster at every batch size (");
  }

  @Test
  void files_withNoTrainerInCommon_stillRace() {
    Comparison comparison = Comparison.of(CPU, slowAt32());
    assertThat(comparison.common()).isEmpty();
    assertThat(CompareTable.of(comparison)).contains("None: no trainer");
  }

  @Test
  void rows_withoutParams_areComparedButNotDrawnOverTheBatch() {
    ResultFile bare =
        Results.parse(Results.file("x", Results.entry("StepBenchmark.train", Map.of(), 5)));
    Comparison comparison = Comparison.of(bare, bare);
    assertThat(comparison.common()).hasSize(1);
    assertThat(comparison.races()).isEmpty();
    assertThat(CompareChart.of(comparison).panels()).isEmpty();
    assertThat(CompareTable.of(comparison)).contains("No batch size was measured on both");
  }

  @Test
  void files_withNothingInCommon_areRefused() {
    ResultFile other =
        Results.parse(Results.file("x", Results.step("onednn", "mnist-sigmoid", 64, 5)));
    ResultFile empty = Results.parse(Results.file("x"));
    assertThatThrownBy(() -> Comparison.of(CPU, other))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll(
            "in common", "step.train, mnist-dense", "step.train, mnist-sigmoid");
    assertThatThrownBy(() -> Comparison.of(empty, empty)).isInstanceOf(InputException.class);
  }
}
