package dev.sinter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.runs.Run;
import dev.sinter.runs.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code sinter train --checkpoint-every}, {@code --resume}, and runs that were interrupted. */
class ResumeTest {
  private static final List<Object> OPTIONS =
      List.of("--generated", "--limit", 300, "--batch-size", 16, "--seed", 7);

  private static final int EPOCHS = 15;

  @TempDir Path folder;

  private static CliRun train(Path out, Object... more) {
    List<Object> options = new ArrayList<>(OPTIONS);
    options.addAll(List.of("--out", out));
    options.addAll(Arrays.asList(more));
    CliRun.addDefault(options, "--epochs", EPOCHS);
    return CliRun.train("mnist-dense", options.toArray());
  }

  /** Trains in another JVM, which is killed once there is a checkpoint. */
  private void killed(Path out) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "train",
                "mnist-dense",
                "--offline",
                "--backend",
                "reference",
                "--hidden",
                "8",
                "--checkpoint-every",
                "3steps",
                "--epochs",
                "" + EPOCHS,
                "--out",
                out.toString()));
    OPTIONS.forEach(option -> command.add(option.toString()));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("killed.log").toFile())
            .start();
    try {
      Path checkpoints = out.resolve(RunFolder.CHECKPOINTS);
      while (process.isAlive() && !dev.sinter.Checkpoint.isIn(checkpoints)) {
        Thread.sleep(5);
      }
    } finally {
      process.destroyForcibly();
      process.waitFor();
    }
  }

  @Test
  void run_killedAndResumed_equalsOneThatWasNotStopped() throws Exception {
    Path runs = Files.createDirectory(folder.resolve("runs"));
    Path whole = runs.resolve("whole");
    Path parts = runs.resolve("parts");
    train(whole).succeeded();
    killed(parts);
    assertThat(RunFolder.read(parts).status())
        .as(() -> "killed in time? " + parts)
        .isEqualTo(Run.Status.INTERRUPTED);

    CliRun list = CliRun.of("runs", runs).succeeded();
    String command = "sinter train --resume " + parts;
    assertThat(list.out()).contains("interrupted", "parts was interrupted; go on with: " + command);
    JsonNode row = CliRun.of("runs", runs, "--json").json().path("runs");
    assertThat(row.findValuesAsText("status")).containsExactlyInAnyOrder("finished", "interrupted");
    assertThat(row.findValuesAsText("resume")).contains(command);

    CliRun.of("train", "--resume", parts, "--offline").succeeded();
    for (String file : List.of(RunFolder.WEIGHTS, RunFolder.HISTORY)) {
      assertThat(parts.resolve(file)).hasSameBinaryContentAs(whole.resolve(file));
    }
    JsonNode first = CliRun.json(whole.resolve(RunFolder.RUN)).path("results");
    JsonNode second = CliRun.json(parts.resolve(RunFolder.RUN)).path("results");
    for (String field : List.of("loss", "accuracy", "test_loss", "test_accuracy", "samples")) {
      assertThat(second.path(field)).as(field).isEqualTo(first.path(field));
    }
    assertThat(RunFolder.read(parts).status()).isEqualTo(Run.Status.FINISHED);
    CliRun.of("train", "--resume", parts).refused("a run that was stopped", "has finished");
  }

  /** Makes a finished run look like one whose process is gone. */
  private static void interrupt(Path run) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode json = (ObjectNode) CliRun.json(run.resolve(RunFolder.RUN));
    json.put("status", "running");
    json.remove(List.of("ended", "results"));
    ((ObjectNode) json.path("process")).put("started", "2001-01-01T00:00:00Z");
    mapper.writeValue(run.resolve(RunFolder.RUN).toFile(), json);
  }

  @ParameterizedTest
  @ValueSource(strings = {"damaged", "none"})
  void run_whoseLastCheckpointIsLost_goesOnFromTheOneBeforeOrTheStart(String what)
      throws Exception {
    Path out = folder.resolve("run");
    train(out, "--checkpoint-every", "1epochs", "--epochs", 3).succeeded();
    byte[] weights = Files.readAllBytes(out.resolve(RunFolder.WEIGHTS));
    String history = Files.readString(out.resolve(RunFolder.HISTORY));
    Files.delete(out.resolve(RunFolder.WEIGHTS));
    interrupt(out);
    try (Stream<Path> files = Files.list(out.resolve(RunFolder.CHECKPOINTS))) {
      List<Path> sorted = files.sorted().toList();
      assertThat(sorted).hasSize(2);
      if (what.equals("damaged")) {
        byte[] bytes = Files.readAllBytes(sorted.get(1));
        bytes[bytes.length / 3] ^= 4;
        Files.write(sorted.get(1), bytes);
      } else {
        for (Path file : sorted) {
          Files.delete(file);
        }
      }
    }
    CliRun.of("train", "--resume", out, "--offline").succeeded();
    assertThat(out.resolve(RunFolder.WEIGHTS)).hasBinaryContent(weights);
    assertThat(out.resolve(RunFolder.HISTORY)).hasContent(history);
  }

  @Test
  void resume_ofARunInTraining_isRefused() throws IOException {
    Path out = folder.resolve("run");
    train(out, "--epochs", 1).succeeded();
    interrupt(out);
    ObjectNode json = (ObjectNode) CliRun.json(out.resolve(RunFolder.RUN));
    ((ObjectNode) json.path("process"))
        .put("started", ProcessHandle.current().info().startInstant().orElseThrow().toString());
    new ObjectMapper().writeValue(out.resolve(RunFolder.RUN).toFile(), json);
    CliRun.of("train", "--resume", out).refused("in training");
    assertThat(RunFolder.read(out).status()).isEqualTo(Run.Status.RUNNING);
  }

  @ParameterizedTest
  @CsvSource({
    "20, expected a number of at least 1 and its unit",
    "0steps, expected a number of at least 1 and its unit",
    "-1s, expected a number of at least 1 and its unit",
    "3hours, expected a number of at least 1 and its unit",
    "99999999999steps, expected a number of at least 1 and its unit"
  })
  void checkpointEvery_withoutNumberAndUnit_isRefused(String every, String message) {
    train(folder.resolve("run"), "--checkpoint-every=" + every).refused(message, every);
    assertThat(folder.resolve("run")).doesNotExist();
  }

  @Test
  void options_thatDoNotFit_areRefused() throws IOException {
    CliRun.train("mnist-dense", "--checkpoint-every", "1s").refused("--out");
    train(folder.resolve("run"), "--on-checkpoint-failure", "stop").refused("--checkpoint-every");
    train(folder.resolve("run"), "--checkpoint-every", "1s", "--on-checkpoint-failure", "ignore")
        .refused("--on-checkpoint-failure", "warn, stop");
    CliRun.of("train", "--resume", folder.resolve("none")).refused("none", "no such folder");
    CliRun.of("train").refused("RECIPE");
    Path out = folder.resolve("run");
    train(out, "--epochs", 1).succeeded();
    interrupt(out);
    CliRun.of("train", "--resume", out, "--seed", 3).refused("--seed");
    CliRun.of("train", "mnist-dense", "--resume", out).refused("mnist-dense");
    CliRun.of("train", "--resume", out, "--out", folder.resolve("other")).refused("--out");
  }

  @Test
  void folder_withALeftoverOfAKilledTraining_isEmptyEnough() throws IOException {
    Path out = Files.createDirectory(folder.resolve("run"));
    Files.writeString(out.resolve(".sinter-1a"), "half a file");
    train(out, "--epochs", 1).succeeded();
  }
}
