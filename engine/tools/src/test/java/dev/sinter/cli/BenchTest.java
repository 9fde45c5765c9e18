package dev.sinter.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sinter.bench.Child;
import dev.sinter.cli.BenchReport.Cell;
import dev.sinter.errors.InputException;
import dev.sinter.errors.RunException;
import dev.sinter.testkit.TestData;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code sinter bench} on the reference, in JVMs of its own; no figure is asserted. */
class BenchTest {
  /** Named to each command: SINTER_DATA may be relative, to a folder that is not the tests' own. */
  private static final Path DATA = TestData.folder().orElse(null);

  @TempDir Path folder;

  private static Object[] withData(Object... words) {
    List<Object> command = new ArrayList<>(List.of(words));
    if (DATA != null) {
      command.addAll(List.of("--data", DATA));
    }
    return command.toArray();
  }

  @Test
  void bench_reference_printsTheTableAndWritesJson() {
    Path file = folder.resolve("bench.json");
    CliRun run =
        CliRun.of(withData("bench", "--recipe", "digits01", "--seconds", "0.4", "--json", file))
            .succeeded();
    assertThat(run.out())
        .startsWith("samples per second of training")
        .containsPattern("backend    threads       digits01\n")
        .containsPattern("cuda +- not in this build; build with -Pcuda\n")
        .containsPattern("reference +1 +[0-9,]+\n")
        .contains("auto takes reference; no other backend was measured")
        .doesNotContain("\r"); // no progress where nobody watches
    JsonNode json = CliRun.json(file);
    assertThat(json.get("auto").textValue()).isEqualTo("reference");
    assertThat(json.get("data").textValue()).isNotBlank();
    assertThat(json.get("unavailable").findValuesAsText("backend"))
        .containsExactly("cuda", "onednn", "nd4j");
    assertThat(json.get("cells")).hasSize(1);
    JsonNode cell = json.get("cells").get(0);
    assertThat(cell.get("recipe").textValue()).isEqualTo("digits01");
    assertThat(cell.get("problem").textValue()).isEmpty();
    assertThat(cell.get("samples_per_second").doubleValue())
        .isBetween(cell.get("slowest").doubleValue(), cell.get("fastest").doubleValue())
        .isPositive();
    assertThat(cell.get("last_loss").doubleValue())
        .isLessThan(cell.get("first_loss").doubleValue());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--backend nope | --backend: expected one of cuda, onednn, nd4j, reference, received \"nope\"",
        "--backend reference,nope | received \"nope\"",
        "--backend cuda | Backend cuda cannot run here: not in this build; build with -Pcuda",
        "--recipe nope | recipe: expected one of mnist-dense, mnist-sigmoid, digits01, mnist-convnet, received \"nope\"",
        "--seconds 0 | --seconds: expected 0.1 to 600, received 0.0",
        "--seconds NaN | --seconds: expected 0.1 to 600, received NaN",
        "--seconds 601 | --seconds: expected 0.1 to 600, received 601.0",
        "--seconds soon | 'soon' is not a double",
        "--threads -1 | threads: expected a count of at least 0, received -1",
        "--json /nowhere/at/all.json | an existing folder"
      })
  void bench_wrongOption_isRefusedBeforeAnythingRuns(String words, String message) {
    String[] arguments = ("bench " + words).split(" ");
    CliRun run = CliRun.of((Object[]) arguments).refused(message);
    assertThat(run.out()).isEmpty();
  }

  @Test
  void process_closed_leavesNoChild() {
    Child child = BenchChild.start("reference", 0, 60, DATA, List.of("mnist-dense"));
    assertThat(child.process().isAlive()).isTrue();
    child.close();
    assertThat(child.process().isAlive()).isFalse();
  }

  /** As when this process is killed: the other side of its standard input is gone. */
  @Test
  void process_itsInputEnds_endsByItself() throws Exception {
    try (Child child = BenchChild.start("reference", 0, 60, DATA, List.of("mnist-dense"))) {
      child.process().getOutputStream().close(); // as the end of this process does
      assertThatThrownBy(() -> ignoreMessages(child))
          .isInstanceOf(RunException.class)
          .hasMessageContaining("the JVM ended early, exit code 1");
      assertThat(child.process().isAlive()).isFalse();
    }
  }

  private static void ignoreMessages(Child child) {
    while (true) {
      BenchCommand.next(child, 60);
    }
  }

  @Test
  void process_childRefuses_tellsItsMessage() {
    try (Child child = BenchChild.start("reference", 0, 1, DATA, List.of("nope"))) {
      assertThatThrownBy(() -> BenchCommand.next(child, 60))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("received \"nope\"");
    }
  }

  @Test
  void bench_dataMissing_isRefused() {
    CliRun.of("bench", "--recipe", "digits01", "--seconds", "0.1", "--data", folder)
        .refused(folder.resolve("mnist").toString(), "Put the files there");
  }

  /** As Ctrl-C does, which reaches child and parent. */
  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "a process is ended without a signal there")
  void process_terminated_isNoFailure() {
    try (Child child = BenchChild.start("reference", 0, 60, DATA, List.of("mnist-dense"))) {
      assertThat(BenchCommand.next(child, 60).has("data"))
          .isTrue(); // its JVM is up: it handles signals
      child.process().toHandle().destroy();
      assertThatThrownBy(() -> BenchCommand.next(child, 60))
          .isInstanceOf(CancellationException.class);
    }
  }

  @Test
  void process_silent_isGivenUp() {
    try (Child child = BenchChild.start("reference", 0, 60, DATA, List.of("mnist-dense"))) {
      assertThatThrownBy(() -> BenchCommand.next(child, 0.01))
          .isInstanceOf(RunException.class)
          .hasMessageContaining("expected an answer within");
    }
  }

  /** A backend that the child does not know: its cells fail, with the child's reason. */
  @Test
  void process_unknownBackend_failsItsCells() {
    try (Child child = BenchChild.start("nope", 0, 0.1, DATA, List.of("digits01"))) {
      assertThat(BenchCommand.next(child, 60).has("data")).isTrue();
      Cell cell = Json.to(Cell.class, BenchCommand.next(child, 60));
      assertThat(cell.good()).isFalse();
      assertThat(cell.problem()).contains("received \"nope\"");
    }
  }
}
