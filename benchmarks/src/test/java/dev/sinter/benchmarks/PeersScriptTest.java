package dev.sinter.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs benchmarks/peers/peers.py with NumPy, if python3 has it. */
class PeersScriptTest {
  private static final String SCRIPT = Path.of("peers", "peers.py").toString();

  @TempDir private Path folder;

  /** The exit code and the complete output. */
  private record Run(int exitCode, String output) {}

  @BeforeAll
  static void python3_hasNumPy() throws Exception {
    boolean found;
    try {
      found = run(List.of("python3", "-c", "import numpy")).exitCode() == 0;
    } catch (IOException e) {
      found = false;
    }
    Assumptions.assumeTrue(found, "there is no python3 with NumPy");
  }

  private static Run run(List<String> command) throws Exception {
    Path log = Files.createTempFile("peers", ".txt");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      if (!process.waitFor(2, TimeUnit.MINUTES)) {
        process.destroyForcibly().waitFor();
        throw new AssertionError("still running after 2 minutes: " + Files.readString(log));
      }
      return new Run(process.exitValue(), Files.readString(log));
    } finally {
      Files.deleteIfExists(log);
    }
  }

  private static Run peers(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("python3", SCRIPT, "--threads", "1"));
    command.addAll(List.of("--seconds", "0.01", "--repeats", "3", "--samples", "2000"));
    command.addAll(List.of(arguments));
    return run(command);
  }

  @ParameterizedTest
  @CsvSource({
    "mnist-dense, rmsprop",
    "mnist-sigmoid, sgd",
    "digits01, adam",
  })
  void numpy_onDrawnSamples_writesWhatJmhWrites(String recipe, String optimizer) throws Exception {
    Path out = folder.resolve("numpy.json");
    Run run =
        peers(
            "--trainer", "numpy", "--recipe", recipe, "--optimizer", optimizer, "--out", "" + out);
    assertThat(run.exitCode()).as(run.output()).isZero();
    JsonNode results = new ObjectMapper().readTree(out.toFile());
    assertThat(results.findValuesAsText("benchmark"))
        .containsExactly(
            StepBenchmark.class.getName() + ".train",
            InferenceBenchmark.class.getName() + ".forward");
    JsonNode step = results.get(0);
    assertThat(step.at("/params/trainer").asText()).isEqualTo("numpy");
    assertThat(step.at("/params/recipe").asText()).isEqualTo(recipe);
    assertThat(step.at("/params/optimizer").asText()).isEqualTo(optimizer);
    assertThat(step.at("/params/batch").asText()).isEqualTo("128");
    assertThat(step.at("/params/threads").asText()).isEqualTo("1");
    assertThat(step.at("/primaryMetric/scoreUnit").asText()).isEqualTo("samples/s");
    assertThat(step.at("/primaryMetric/score").asDouble()).isPositive();
    assertThat(step.at("/primaryMetric/rawData/0")).hasSize(3);
  }

  @Test
  void numpy_onExportedSamples_learnsThem() throws Exception {
    ExportData.export(Workload.of("digits01", 1, 0, "adam"), folder);
    Run run = peers("--trainer", "numpy", "--recipe", "digits01", "--data", folder.toString());
    assertThat(run.exitCode()).as(run.output()).isZero();
    assertThat(run.output()).contains("learned", "accuracy");
  }

  @Test
  void data_missing_endsWithExitCode2AndTheFile() throws Exception {
    Run run = peers("--trainer", "numpy", "--data", folder.resolve("nowhere").toString());
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.output()).contains("train-x.npy", "expected").doesNotContain("Traceback");
  }

  @Test
  void trainer_unknown_endsWithExitCode2AndTheNames() throws Exception {
    Run run = peers("--trainer", "keras");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.output()).contains("keras", "numpy", "pytorch");
  }
}
