package dev.sinter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sinter.report.Terminal;
import dev.sinter.runs.Run;
import dev.sinter.runs.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code sinter runs}: lists and comparisons. */
class RunsTest {
  @TempDir Path runs;

  private Path run(String name, String hour, double rate, String status) throws IOException {
    Path folder = Files.createDirectory(runs.resolve(name.replaceAll("[^ -~]", "x")));
    Files.writeString(
        folder.resolve("run.json"),
        """
        {"format": 1, "name": "%s", "status": "%s", "reason": "the loss is NaN",
         "started": "2025-01-31T%s:00:00Z", "ended": "2025-01-31T%s:01:05Z",
         "recipe": "mnist-sigmoid", "machine": {"cores": 2}, "parameters": 79510,
         "configuration": {"backend": "auto", "epochs": 2, "optimizer":
           {"name": "sgd", "learning_rate": %s}, "limit": null},
         "results": {"backend": "onednn", "test_loss": 0.12345678, "test_accuracy": 0.96,
           "samples_per_second": 261903.1}}
        """
            .formatted(name, status, hour, hour, rate));
    Files.writeString(
        folder.resolve("history.csv"),
        "epoch,accuracy,loss,val_accuracy,val_loss\r\n0,0.5,0.9,0.6,0.8\r\n1,0.7,0.5,0.65,0.6\r\n");
    return folder;
  }

  private static List<String> table(Path runs, int columns, boolean unicode) {
    return RunTable.lines(
        RunFolder.list(runs).runs(),
        new Terminal(false, columns, false, unicode),
        Instant.parse("2025-02-01T00:00:00Z"));
  }

  @Test
  void list_wideTerminal_hasALineARun() throws IOException {
    run("old", "08", 0.1, "finished");
    run("größer 2", "10", 0.1, "finished");
    List<String> lines = table(runs, 140, true);
    assertThat(lines).hasSize(6);
    assertThat(lines.get(1)).contains("name", "test accuracy", "duration");
    assertThat(lines.get(3))
        .startsWith("│ größer 2 ")
        .contains(" 261,903 ", " 0.1235 ", " 1:05 min ");
    assertThat(lines.get(4)).startsWith("│ old ");
  }

  @ParameterizedTest
  @ValueSource(ints = {24, 40, 60, 80, 100, 139, 200})
  void list_anyTerminal_fits(int columns) throws IOException {
    run(
        "a run with a name of many words, and LongOnesAmongThemThatNobodyBreaks",
        "08",
        1,
        "failed");
    run("数字 漢字の名前", "09", 1, "finished");
    for (boolean unicode : new boolean[] {true, false}) {
      List<String> lines = table(runs, columns, unicode);
      assertThat(lines).allMatch(line -> line.length() <= Math.max(columns, 26));
      assertThat(lines.get(0)).matches(unicode ? "┏[━┳]+┓" : "\\+[-+]+\\+");
    }
  }

  @Test
  void list_80Columns_breaksNoWord() throws IOException {
    run("mnist-sigmoid-baseline", "08", 1, "finished");
    assertThat(String.join("\n", table(runs, 80, true)))
        .contains("mnist-sigmoid-baseline", "finished", "samples/s", "accuracy", "261,903");
  }

  @Test
  void list_failedAndUnreadable_areNamedWithTheirReason() throws IOException {
    run("diverged", "08", 1, "failed");
    Path half = Files.createDirectory(runs.resolve("half"));
    Files.writeString(half.resolve("run.json"), "{\"format\": 1, ");
    Path newer = Files.createDirectory(runs.resolve("newer"));
    Files.writeString(newer.resolve("run.json"), "{\"format\": 2}");
    CliRun list = CliRun.of("runs", runs).succeeded();
    assertThat(list.lines())
        .contains("diverged failed: the loss is NaN")
        .anyMatch(
            line ->
                line.startsWith(
                    "not a run: " + half.resolve("run.json") + ": expected a complete JSON"))
        .anyMatch(
            line ->
                line.contains(newer.resolve("run.json").toString())
                    && line.contains("newer Sinter"));
    JsonNode json = CliRun.of("runs", runs, "--json").succeeded().json();
    assertThat(json.path("runs")).hasSize(1);
    assertThat(json.path("runs").get(0).path("reason").textValue()).isEqualTo("the loss is NaN");
    assertThat(json.path("unreadable")).hasSize(2);
  }

  @Test
  void list_runningRun_saysWhenItLastChanged() throws IOException {
    Path folder = run("live", "08", 1, "running");
    FileTime changed = FileTime.from(Instant.now().minusSeconds(185));
    for (String file : List.of("run.json", "history.csv")) {
      Files.setLastModifiedTime(folder.resolve(file), changed);
    }
    Run run = RunFolder.read(folder);
    assertThat(run.statusText(Instant.now())).isEqualTo("running (last change 3 min ago)");
    assertThat(CliRun.of("runs", runs).succeeded().out()).contains("running");
  }

  @Test
  void list_nothing_saysHowToStart() {
    assertThat(CliRun.of("runs", runs).succeeded().out())
        .contains("no runs in " + runs, "train with --out");
    Path missing = runs.resolve("none");
    CliRun.of("runs", missing).refused(missing + ": expected a folder of runs", "no such folder");
    CliRun.of("runs", runs, "--compare").refused("expected at least one run to compare");
  }

  @Test
  void list_nameWithControlSigns_printsNone() throws IOException {
    Path folder = run("a", "08", 1, "failed");
    Path json = folder.resolve("run.json");
    Files.writeString(
        json,
        Files.readString(json)
            .replace("\"name\": \"a\"", "\"name\": \"\\u001b[2Ja\"")
            .replace("is NaN", "\\u001b[2J"));
    assertThat(CliRun.of("runs", runs).succeeded().out())
        .contains("?[2Ja")
        .doesNotContain("\u001b");
  }

  @Test
  void compare_twoRuns_showsDifferencesAlone() throws IOException {
    Path first = run("first", "08", 0.01, "finished");
    Path second = run("second", "09", 0.1, "finished");
    CliRun compared = CliRun.of("runs", first, second).succeeded();
    assertThat(compared.lines().get(1)).containsSubsequence("first", "second");
    assertThat(compared.out())
        .containsPattern("optimizer learning_rate .  *0\\.01 . +0\\.1 ")
        .containsPattern("val_loss +. +0\\.6000 . +0\\.6000 ")
        .containsPattern("samples_per_second +. +261,903 . +261,903 ")
        .doesNotContain("optimizer name", "cores", "mnist-sigmoid", "train_seconds");
    JsonNode json = CliRun.of("runs", second, first, "--json").succeeded().json();
    assertThat(json.path("differences").toString())
        .isEqualTo("{\"optimizer learning_rate\":[\"0.1\",\"0.01\"]}");
    assertThat(json.path("runs").get(0).path("val_accuracy").doubleValue()).isEqualTo(0.65);
    assertThat(json.path("runs").get(1).path("test_loss").doubleValue()).isEqualTo(0.12345678);
  }

  @Test
  void compare_equalRuns_saysSo() throws IOException {
    run("first", "08", 1, "finished");
    run("second", "09", 1, "finished");
    assertThat(CliRun.of("runs", runs, "--compare").succeeded().out())
        .contains("second", "configuration, machine and versions: the same");
  }

  @Test
  void compare_manyRuns_goesToSeveralTables() throws IOException {
    for (int i = 0; i < 9; i++) {
      run("run " + i, "0" + i, i, "finished");
    }
    List<String> lines =
        new RunComparison(RunFolder.list(runs).runs(), Instant.now())
            .lines(new Terminal(false, 80, false, true));
    assertThat(lines).allMatch(line -> line.length() <= 80);
    assertThat(lines.stream().filter(line -> line.startsWith("┏"))).hasSize(3);
    assertThat(String.join("", lines)).contains("run 0", "run 8");
  }

  @Test
  void compare_oneRun_showsAllOfIt() throws IOException {
    assertThat(CliRun.of("runs", run("only", "08", 1, "finished")).succeeded().out())
        .contains("optimizer name", "sgd", "cores", "test_accuracy");
  }

  @Test
  void compare_somethingThatIsNoRun_refused() throws IOException {
    Path first = run("first", "08", 1, "finished");
    CliRun.of("runs", first, runs).refused(runs + ": expected the folder of a run, to compare");
    CliRun.of("runs", first, runs.resolve("none")).refused("none: expected the folder of a run");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0.0 s",
    "59949, 59.9 s",
    "60000, 1:00 min",
    "3599999, 59:59 min",
    "7205000, 2:00:05 h"
  })
  void duration_any_readsLikeAClock(long millis, String expected) {
    assertThat(RunTable.duration(Duration.ofMillis(millis))).isEqualTo(expected);
  }
}
