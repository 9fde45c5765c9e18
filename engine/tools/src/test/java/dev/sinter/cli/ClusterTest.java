package dev.sinter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sinter.runs.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code sinter train --spark}, with a "cluster" in this process. */
class ClusterTest {
  @TempDir Path folder;

  private static CliRun train(Object... more) {
    List<Object> options = new ArrayList<>(Arrays.asList(more));
    options.addAll(List.of("--generated", "--limit", 100, "--batch-size", 16));
    CliRun.addDefault(options, "--epochs", 3);
    return CliRun.train("mnist-dense", options.toArray());
  }

  @Test
  void run_onACluster_writesWhatOneInThisProcessWrites() throws IOException {
    Path here = folder.resolve("here");
    Path there = folder.resolve("there");
    CliRun alone = train("--out", here).succeeded();
    CliRun together = train("--spark", "any", "--workers", 1, "--out", there).succeeded();
    for (String file : List.of(RunFolder.HISTORY, RunFolder.WEIGHTS)) {
      assertThat(there.resolve(file)).hasSameBinaryContentAs(here.resolve(file));
    }
    assertThat(together.out()).contains(", workers on Spark at any: 1", "Epoch 3/3 - accuracy: ");
    assertThat(withoutTimes(together)).isEqualTo(withoutTimes(alone));
    try (var images = Files.list(there.resolve(RunFolder.FIGURES))) {
      assertThat(images).isNotEmpty();
    }
  }

  /** Returns what is printed beside speeds and who trains. */
  private static List<String> withoutTimes(CliRun run) {
    return run.lines().stream()
        .filter(line -> !line.matches("(Epoch|mnist-dense:) .*|.* setup, .*"))
        .toList();
  }

  @Test
  void results_onACluster_nameWorkersTransportAndAveraging() {
    Path out = folder.resolve("run");
    train(
            "--spark",
            "any",
            "--workers",
            2,
            "--average-every",
            4,
            "--transport",
            "auto",
            "--out",
            out)
        .succeeded();
    JsonNode run = CliRun.json(out.resolve(RunFolder.RUN));
    JsonNode spark = run.path("configuration").path("spark");
    assertThat(spark.path("master").asText()).isEqualTo("any");
    assertThat(spark.path("average_every").asInt()).isEqualTo(4);
    JsonNode results = run.path("results");
    assertThat(results.path("workers").asInt()).isEqualTo(2);
    assertThat(results.path("transport").asText()).isEqualTo("auto");
    assertThat(results.path("average_every").asInt()).isEqualTo(4);
    assertThat(results.path("device").asText()).isEqualTo("a device");
  }

  @Test
  void cluster_withoutAnAnswer_failsWithOneMessage() {
    Path out = folder.resolve("run");
    train("--spark", ClusterInThisProcess.DOES_NOT_ANSWER, "--workers", 2, "--out", out)
        .failed(ClusterInThisProcess.DOES_NOT_ANSWER, "expected an answer");
    assertThat(CliRun.json(out.resolve(RunFolder.RUN)).path("status").asText()).isEqualTo("failed");
  }

  @ParameterizedTest
  @CsvSource({
    "--spark any,                              --workers",
    "--spark any --workers 0,                  --workers",
    "--spark any --workers 2 --average-every 0, --average-every",
    "--workers 2,                              --spark",
    "--average-every 2,                        --spark",
    "--transport tcp,                          --spark",
    "--spark any --workers 2 --dashboard,      --dashboard"
  })
  void options_thatDoNotFit_areRefusedByName(String options, String named) {
    train((Object[]) options.split(" ")).refused(named);
  }

  @Test
  void runOnACluster_resumedWithoutOne_isRefused() throws IOException {
    Path out = folder.resolve("run");
    train("--spark", ClusterInThisProcess.DOES_NOT_ANSWER, "--workers", 2, "--out", out)
        .failed("expected an answer");
    CliRun.of("train", "--resume", out).refused("--spark MASTER");
    CliRun resumed = CliRun.of("train", "--resume", out, "--spark", "other").succeeded();
    assertThat(resumed.out()).contains("workers on Spark at other: 2");
  }
}
