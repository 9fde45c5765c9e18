package dev.sinter.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.errors.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Complete and damaged run folders. */
class RunFolderTest {
  private static final String WHOLE =
      """
      {"format": 1, "name": "NAME", "status": "finished", "started": "2025-01-31T12:00:00Z",
       "ended": "2025-01-31T12:00:05.500Z", "recipe": "mnist-dense", "parameters": 407050,
       "configuration": {"backend": "auto", "epochs": 5}, "future": [1],
       "network": [{"layer": "dense"}],
       "results": {"backend": "onednn", "test_loss": 0.25, "test_accuracy": null}}
      """;

  @TempDir Path runs;

  private Path run(String name, String json) throws IOException {
    Path folder = Files.createDirectory(runs.resolve(name.replaceAll("[^ -~]", "x")));
    Files.writeString(folder.resolve("run.json"), json.replace("NAME", name));
    return folder;
  }

  private static void assertRefused(Path folder, String... parts) {
    assertThatThrownBy(() -> RunFolder.read(folder))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll(parts);
  }

  @Test
  void read_finishedRun_hasEverything() throws IOException {
    Path folder = run("zwölf und eins", WHOLE);
    Files.writeString(
        folder.resolve("history.csv"),
        "epoch,accuracy,loss,val_accuracy,val_loss\r\n0,0.5,1.5,NA,1.25\r\n1,0.75,1.0,0.5,1.0\r\n");
    Run run = RunFolder.read(folder);
    assertThat(run.folder()).isEqualTo(folder);
    assertThat(run.name()).isEqualTo("zwölf und eins");
    assertThat(run.status()).isEqualTo(Run.Status.FINISHED).hasToString("finished");
    assertThat(run.reason()).isNull();
    assertThat(run.recipe()).isEqualTo("mnist-dense");
    assertThat(run.parameters()).isEqualTo(407050);
    assertThat(run.duration()).isEqualTo(Duration.ofMillis(5500));
    assertThat(run.backend()).isEqualTo("onednn");
    assertThat(run.result("test_loss")).isEqualTo(0.25);
    assertThat(run.result("test_accuracy")).isNaN();
    assertThat(run.epochsTrained()).isEqualTo(2);
    assertThat(run.epochsPlanned()).isEqualTo(5);
    assertThat(run.history().values().get("loss")).containsExactly(1.5, 1.0);
    assertThat(run.network()).hasSize(1);
    assertThat(run.machine()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "epoch,acc", "epoch,loss,val_loss\r\n", "epoch,loss\r\n0,0.1"})
  void read_historyWithoutAWholeLine_hasNoEpochs(String history) throws IOException {
    Path folder = run("a", WHOLE);
    assertThat(RunFolder.read(folder).epochsTrained()).as("no file").isZero();
    Files.writeString(folder.resolve("history.csv"), history);
    assertThat(RunFolder.read(folder).epochsTrained()).isZero();
  }

  @Test
  void read_unfinishedLine_leavesItOut() throws IOException {
    Path folder = run("a", WHOLE);
    Files.writeString(folder.resolve("history.csv"), "epoch,loss\r\n0,0.5\r\n1,0.2");
    assertThat(RunFolder.read(folder).history().values().get("loss")).containsExactly(0.5);
  }

  @Test
  void read_damagedHistory_namesTheLine() throws IOException {
    Path folder = run("a", WHOLE);
    Files.writeString(folder.resolve("history.csv"), "epoch,loss\r\n0,zero\r\n");
    assertRefused(folder, "history.csv, line 2, loss: expected a number");
  }

  @Test
  void read_failedRun_hasItsReason() throws IOException {
    String json = WHOLE.replace("\"finished\"", "\"failed\", \"reason\": \"the loss is NaN\"");
    Run run = RunFolder.read(run("a", json));
    assertThat(run.status()).isEqualTo(Run.Status.FAILED);
    assertThat(run.reason()).isEqualTo("the loss is NaN");
  }

  @ParameterizedTest
  @CsvSource({
    "0, running",
    "59, running",
    "60, running (last change 1 min ago)",
    "7199, running (last change 119 min ago)",
    "7200, running (last change 2 h ago)",
    "172800, running (last change 2 days ago)"
  })
  void statusText_ofASilentRunningRun_saysSinceWhen(long seconds, String expected)
      throws IOException {
    Path folder = run("a", WHOLE.replace("finished", "running").replaceAll("\"ended.*Z\", ", ""));
    Instant changed = Instant.parse("2025-01-31T12:00:10Z");
    Files.setLastModifiedTime(folder.resolve("run.json"), FileTime.from(changed));
    Run run = RunFolder.read(folder);
    assertThat(run.statusText(changed.plusSeconds(seconds))).isEqualTo(expected);
    assertThat(run.duration()).isEqualTo(Duration.ofSeconds(10));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"format\": 1|\"format\": 2|format: expected at most 1, received 2, written by a newer",
        "\"format\": 1|\"format\": 99999999999999999999|written by a newer",
        "\"format\": 1|\"format\": 0|format: expected a version",
        "\"format\": 1|\"format\": \"1\"|format: expected a version",
        "\"format\": 1, |''|format: expected a version of at least 1, received nothing",
        "\"finished\"|\"paused\"|status: expected running, finished or failed, received \"paused\"",
        "2025-01-31T12:00:00Z|yesterday|started: expected an instant",
        "\"mnist-dense\"|7|recipe: expected a text, received 7",
        "{\"backend\": \"auto\", \"epochs\": 5}|[]|configuration: expected an object",
      })
  void read_wrongField_namesIt(String field, String wrong, String message) throws IOException {
    assertThat(WHOLE).contains(field);
    Path folder = run("a", WHOLE.replace(field, wrong));
    assertRefused(folder, folder.resolve("run.json") + ", ", message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "{", "[]", "{\"format\": 1, \"name\": \"a", "\u0000", "nul", "7"})
  void read_halfWrittenFile_refused(String json) throws IOException {
    Path folder = run("a", json);
    assertRefused(folder, folder.resolve("run.json") + ": expected a complete JSON object");
  }

  @Test
  void read_bytesThatAreNoText_refused() throws IOException {
    Path folder = run("a", "");
    Files.write(folder.resolve("run.json"), new byte[] {'{', '"', (byte) 0xff, (byte) 0xfe, '"'});
    assertRefused(folder, "expected a complete JSON object");
  }

  @Test
  void read_whatIsNoRun_saysWhat() throws IOException {
    assertRefused(runs.resolve("none"), "none: expected the folder of a run", "no such folder");
    assertRefused(runs, runs + ": expected the folder of a run", "a folder without run.json");
    Path file = Files.createFile(runs.resolve("file"));
    assertRefused(file, "something that is not a folder");
    Files.createDirectories(runs.resolve("b/run.json"));
    assertRefused(runs.resolve("b"), "run.json: expected a complete JSON object");
  }

  @Test
  void list_mixedFolders_namesEachAndGoesOn() throws IOException {
    run("old", WHOLE);
    run("new", WHOLE.replace("2025-01-31T12:00:00Z", "2025-02-01T12:00:00Z"));
    run("half", "{");
    Files.createDirectory(runs.resolve("notes"));
    Files.createDirectory(runs.resolve(".cache"));
    Files.createFile(runs.resolve("README"));
    RunFolder.Listing listing = RunFolder.list(runs);
    assertThat(listing.runs()).extracting(Run::name).containsExactly("new", "old");
    assertThat(listing.unreadable())
        .extracting(unreadable -> unreadable.folder().getFileName().toString())
        .containsExactly("half", "notes");
    assertThat(listing.unreadable().get(0).reason()).contains("a damaged one, line 1");
  }

  @Test
  void list_missingFolder_saysHowToGetOne() {
    assertThatThrownBy(() -> RunFolder.list(runs.resolve("none")))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("none: expected a folder of runs", "Train with --out");
    assertThat(RunFolder.list(runs).runs()).isEmpty();
  }
}
