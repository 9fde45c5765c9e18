package dev.sinter.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.errors.InputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResultFileTest {
  @TempDir private Path folder;

  @Test
  void jmhsOwnFile_recorded_givesPrimaryAndSecondaryRows() {
    ResultFile result = ResultFile.read(Results.recorded(folder));
    assertThat(result.rows())
        .extracting(Row::benchmark)
        .containsExactlyInAnyOrder(
            "step.train", "step.train", "ceiling.largeGemms", "ceiling.largeGemms:step");
    Row step =
        result.rows().stream()
            .filter(row -> row.benchmark().equals("step.train") && row.trainer().equals("onednn"))
            .findFirst()
            .orElseThrow();
    assertThat(step.batch()).isEqualTo(128);
    assertThat(step.samples()).hasSize(5);
    assertThat(step.isSpeed()).isTrue();
    assertThat(result.machine().isMissingNode()).isTrue();
  }

  @Test
  void resultFile_writtenAndRead_keepsJmhsEntriesAsTheyWere() throws IOException {
    ObjectNode entry = Results.step("onednn", "mnist-dense", 128, 1, 2, 3);
    entry.put("somethingNew", "of a later JMH");
    ObjectNode cold = Results.cold("onednn", "a note", 1.5);
    ObjectNode json =
        ResultFile.json(
            ResultFile.MAPPER.createObjectNode(),
            ResultFile.MAPPER.createArrayNode().add(entry),
            ResultFile.MAPPER.createArrayNode().add(cold),
            List.of("a | b"));
    Path file = Results.write(folder.resolve("result.json"), json);
    assertThat(ResultFile.json(file).path("results").get(0)).isEqualTo(entry);
    ResultFile read = ResultFile.read(file);
    assertThat(ResultFile.json(file).path("cold").get(0)).isEqualTo(cold);
    Row row = read.rows().get(1);
    assertThat(row.title()).isEqualTo("start to first step, mnist-dense");
    assertThat(row.samples()).containsExactly(1.5);
    assertThat(row.note()).isEqualTo("a note");
    assertThat(read.missing()).containsExactly("a | b");
  }

  @Test
  void entry_withoutParamsAndRawData_takesTheScore() {
    ObjectNode entry = ResultFile.MAPPER.createObjectNode();
    entry.put("benchmark", "a.b.Some.call");
    entry.putObject("primaryMetric").put("score", "NaN").put("scoreUnit", "s/op");
    Row row = Results.parse(Results.file("x", entry)).rows().get(0);
    assertThat(row.params()).isEmpty();
    assertThat(row.batch()).isZero();
    assertThat(row.samples()).containsExactly(Double.NaN);
    assertThat(Table.of(Results.parse(Results.file("x", entry)))).contains("s/op");
  }

  @Test
  void entry_ofThePythonPeers_isSpeedAsJmhsAre() {
    ObjectNode entry = Results.step("numpy", "mnist-dense", 128, 5);
    ((ObjectNode) entry.get("primaryMetric")).put("scoreUnit", "samples/s");
    Row row = Results.parse(Results.file("x", entry)).rows().get(0);
    assertThat(row.isSpeed()).isTrue();
  }

  @Test
  void gpuCeilings_countedAsOperations_areBytesAndGraphs() {
    ResultFile result =
        Results.parse(
            Results.file(
                "x",
                Results.entry("CeilingBenchmark.deviceMemory", Map.of(), 1e12),
                Results.with(Results.entry("CeilingBenchmark.replay", Map.of(), 2e5), "step", 1e3),
                Results.entry("CeilingBenchmark.gemms", Map.of(), 1e6)));
    assertThat(result.rows())
        .extracting(Row::unit)
        .containsExactly("bytes/s", "graphs/s", "graphs/s", Row.SPEED);
    assertThat(Table.of(result)).containsPattern("ceiling.replay:step.*graphs/s");
  }

  @Test
  void bandwidth_countedAsOperations_isBytes() {
    ObjectNode entry =
        Results.with(Results.entry("CeilingBenchmark.bandwidth", Map.of(), 1e10), "update", 9e9);
    assertThat(Results.parse(Results.file("x", entry)).rows())
        .extracting(Row::unit)
        .containsOnly("bytes/s");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "   ",
        "{",
        "[{\"benchmark\":",
        "nonsense",
        "{}",
        "3",
        "null",
        "{\"results\": 3}",
        "[3]",
        "[{}]",
        "[{\"benchmark\": \"a.B.c\"}]",
        "{\"version\": 99, \"results\": []}"
      })
  void read_damagedFile_saysWhichAndWhatToDo(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("damaged.json"), text);
    assertThatThrownBy(() -> ResultFile.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContainingAll("expected", "received");
  }

  @Test
  void read_missingFileFolderOrBinary_isTheUsersToMend() throws IOException {
    Path binary = Files.write(folder.resolve("b"), "\u00e9".getBytes(StandardCharsets.ISO_8859_1));
    for (Path file : List.of(folder.resolve("none"), folder, binary)) {
      assertThatThrownBy(() -> ResultFile.read(file))
          .isInstanceOf(InputException.class)
          .hasMessageStartingWith(file.toString());
    }
  }
}
