package dev.sinter.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.errors.InputException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Figures, the table of a result, and that of two. All numbers are made up. */
class TableTest {
  private static final ResultFile RESULT =
      Results.parse(
          Results.file(
              "A processor",
              Results.step("nd4j", "mnist-dense", 128, 50_000, 40_000, 60_000),
              Results.step("onednn", "mnist-dense", 128, 100_000, 110_000, 90_000),
              Results.step("onednn", "mnist-dense", 32, 70_000),
              Results.with(
                  Results.entry("CeilingBenchmark.gemms", Map.of("trainer", "onednn"), 200, 400),
                  "step",
                  100,
                  300)));

  private static List<String> lines(String table, String with) {
    return table
        .lines()
        .filter(line -> line.contains(with))
        .map(line -> line.replaceAll(" +", " "))
        .toList();
  }

  @Test
  void table_ofAResult_hasARowAMeasurementFastestFirst() {
    String table = Table.of(RESULT);
    assertThat(table).contains("\"cpu\" : \"A processor\"", "against nd4j");
    assertThat(lines(table, "mnist-dense"))
        .containsExactly(
            "| step.train | mnist-dense | 32 | 2 | onednn | 70 000 | | samples/s | | |",
            "| step.train | mnist-dense | 128 | 2 | onednn | 100 000 | 95 000 - 105 000 | samples/s | 2.0 | |",
            "| step.train | mnist-dense | 128 | 2 | nd4j | 50 000 | 45 000 - 55 000 | samples/s | 1.0 | |");
    assertThat(lines(table, "gemms:step")).first().asString().endsWith("| samples/s | | 0.625 |");
  }

  @Test
  void table_ofColdStarts_hasSecondsAndNotesAndWhatIsMissing() {
    ArrayNode cold = ResultFile.MAPPER.createArrayNode();
    cold.add(Results.cold("onednn", "a note", 1, 3)).add(Results.cold("nd4j", "not reached"));
    ObjectNode json =
        ResultFile.json(
            ResultFile.MAPPER.createObjectNode(),
            ResultFile.MAPPER.createArrayNode(),
            cold,
            List.of("step\nof dl4j"));
    String table = Table.of(Results.parse(json));
    assertThat(table).contains("## Without a result", "- step of dl4j\n");
    assertThat(lines(table, "start to"))
        .containsExactlyInAnyOrder(
            "| start to first step | mnist-dense | onednn | data=mnist | 2.0 | 1.5 - 2.5 | s | a note |",
            "| start to first step | mnist-dense | nd4j | data=mnist | - | | s | not reached |");
  }

  private static final ResultFile CPU =
      Results.parse(
          Results.file(
              "A laptop",
              Results.step("onednn", "d", 32, 100),
              Results.step("onednn", "d", 128, 200),
              Results.step("nd4j", "d", 512, 350)));

  private static ResultFile gpu(double at32, double at128, double at512) {
    return Results.parse(
        Results.file(
            "A workstation",
            Results.step("cuda", "d", 32, at32),
            Results.step("cuda-tf32", "d", 32, 999),
            Results.step("cuda", "d", 128, at128),
            Results.step("cuda", "d", 512, at512),
            Results.step("onednn", "d", 32, 50)));
  }

  private static Comparison compare(ResultFile a, ResultFile b) {
    return Comparison.of(a, List.of(), b, List.of());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "50 | 400 | 700 | B is faster from 128 on (2.0 times at 128, 2.0 times at 512)",
        "50 | 150 | 700 | B is faster from 512 on (2.0 times at 512)",
        "200 | 400 | 700 | B is faster at each (2.0 times at 32, 2.0 times at 512)",
        "200 | 400 | 175 | B is not faster at the largest (0.5 times at 512)"
      })
  void verdict_namesTheBatchFromWhichOnFloat32IsFaster(
      double at32, double at128, double at512, String verdict) {
    assertThat(compare(CPU, gpu(at32, at128, at512)).verdicts())
        .containsExactly("step.train, d: of the batch sizes, " + verdict);
  }

  @Test
  void table_ofTwo_hasTheRowsOfBothAndRatios() {
    String table = Table.of(compare(CPU, gpu(60, 400, 700)));
    assertThat(table).contains("A laptop", "A workstation", "- step.train, d: of the batch sizes");
    assertThat(lines(table, "side="))
        .contains(
            "| step.train | d | 32 | 2 | onednn | side=A | 100 | samples/s | 1.0 |",
            "| step.train | d | 32 | 2 | onednn | side=B | 50.0 | samples/s | 0.5 |",
            "| step.train | d | 32 | 2 | cuda-tf32 | side=B | 999 | samples/s | 9.99 |");
  }

  @Test
  void comparison_withNothingInCommon_isRefused() {
    ResultFile other = Results.parse(Results.file("x", Results.step("onednn", "e", 64, 5)));
    ResultFile empty = Results.parse(Results.file("x"));
    assertThatThrownBy(() -> compare(CPU, other))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("in common", "3 rows and 1");
    assertThatThrownBy(() -> compare(empty, empty)).isInstanceOf(InputException.class);
  }

  @Test
  void quantile_oddAndEvenCounts_isNumPys() {
    assertThat(Row.quantile(List.of(3.0, 1.0, 2.0), 0.25)).isEqualTo(1.5);
    assertThat(Row.quantile(List.of(4.0, 1.0, 2.0, 3.0), 0.5)).isEqualTo(2.5);
    assertThat(Row.quantile(List.of(4.0, 1.0, 2.0, 3.0), 0.75)).isEqualTo(3.25);
    assertThat(Row.quantile(List.of(), 0.5)).isNaN();
  }

  @ParameterizedTest
  @CsvSource({
    "101234, 101 000",
    "53949, 53 900",
    "999.6, '1 000'",
    "12300000000, 12 300 000 000",
    "123, 123",
    "12.34, 12.3",
    "1, 1.0",
    "0.001234, 0.00123",
    "0, 0.0",
    "99.96, 100",
    "NaN, -",
    "-5.5, -5.5"
  })
  void number_ofAnySize_hasThreeDigits(double value, String expected) {
    assertThat(Table.number(value)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "dev.sinter.benchmarks.StepBenchmark.train, step.train",
    "dev.sinter.benchmarks.ReplayBenchmark.run, replay.run",
    "x.y.Benchmark.call, call",
    "call, call"
  })
  void benchmarkName_full_isShortened(String full, String expected) {
    assertThat(ResultFile.shortName(full)).isEqualTo(expected);
  }

  @Test
  void markdown_withPipesBreaksAndEmptyColumns_staysOneTable() {
    List<String> heads = List.of("a", "b", "unused");
    String u = "\u00fc";
    assertThat(Table.markdown(List.of(heads, List.of("x | y\nz", "1", ""), List.of(u, "10", ""))))
        .isEqualTo(
            """
            | a        | b  |
            |----------|----|
            | x \\| y z |  1 |
            | %s        | 10 |
            """
                .formatted(u));
  }
}
