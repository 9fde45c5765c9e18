package dev.sinter.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.errors.InputException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ResultTableTest {
  private static final ObjectNode JSON =
      Results.file(
          "A processor",
          Results.step("nd4j", "mnist-dense", 128, 50_000, 40_000, 60_000),
          Results.step("onednn", "mnist-dense", 128, 100_000, 110_000, 90_000),
          Results.step("onednn", "mnist-dense", 32, 70_000),
          Results.with(
              Results.entry("CeilingBenchmark.largeGemms", Map.of("trainer", "onednn"), 200, 400),
              "step",
              100,
              300));

  @Test
  void speeds_oneMeasurement_standTogetherFastestFirstAgainstTheBaseline() {
    List<String> lines =
        ResultTable.of(Results.parse(JSON), null)
            .lines()
            .filter(line -> line.contains("mnist-dense"))
            .toList();
    assertThat(lines).hasSize(3);
    assertThat(cells(lines.get(0)))
        .containsExactly(
            "step.train",
            "mnist-dense",
            "32",
            "2",
            "onednn",
            "float32",
            "70 000",
            "70 000 - 70 000",
            "70 000 - 70 000",
            "1",
            "-");
    assertThat(cells(lines.get(1)))
        .containsExactly(
            "step.train",
            "mnist-dense",
            "128",
            "2",
            "onednn",
            "float32",
            "100 000",
            "95 000 - 105 000",
            "90 000 - 110 000",
            "3",
            "2.00");
    assertThat(cells(lines.get(2))).contains("nd4j", "50 000", "1.00");
  }

  @Test
  void ceiling_withWhatWasBesideIt_givesTheMedianQuotient() {
    String line =
        ResultTable.of(Results.parse(JSON), null)
            .lines()
            .filter(text -> text.contains("largeGemms:step"))
            .findFirst()
            .orElseThrow();
    assertThat(cells(line))
        .containsExactly(
            "ceiling.largeGemms:step",
            "onednn",
            "float32",
            "300",
            "200",
            "0.625",
            "1.60",
            "2",
            "samples/s");
  }

  @Test
  void machine_named_isListed() {
    assertThat(ResultTable.of(Results.parse(JSON), "onednn"))
        .contains("- CPU: A processor", "- commit: 0123456789ab with changes", "against onednn");
  }

  @Test
  void coldRows_reachedOrNot_areShown() {
    ObjectNode json =
        ResultFile.json(
            ResultFile.newObject(),
            ResultFile.newArray(),
            List.of(
                new ColdRow(
                    ColdRow.FIRST_STEP, "mnist-dense", "onednn", "mnist", List.of(1.0, 3.0), "n"),
                new ColdRow(
                    ColdRow.ACCURACY,
                    "mnist-dense",
                    "nd4j",
                    "generated",
                    List.of(),
                    "not reached")),
            List.of("step of dl4j"));
    assertThat(ResultTable.of(Results.parse(json), null))
        .contains(
            "2.00 | 1.00 - 3.00",
            "not reached",
            "No samples per second",
            "- step of dl4j",
            "does not say on which machine");
  }

  @Test
  void baseline_notMeasured_isRefused() {
    assertThatThrownBy(() -> ResultTable.of(Results.parse(JSON), "dl4j"))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("--baseline", "onednn", "nd4j", "\"dl4j\"");
  }

  private static List<String> cells(String line) {
    return List.of(line.substring(2, line.length() - 2).split(" *\\| *")).stream()
        .map(String::strip)
        .toList();
  }
}
