package dev.sinter.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.datasets.Mnist;
import dev.sinter.datasets.MnistOptions;
import dev.sinter.errors.InputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The common parts of all trainers: samples, counts, the process. */
class TrainerStateTest {
  private static final Mnist DIGITS = Mnist.load(MnistOptions.defaults().generated(true));

  private static TrainerState onednn(int batch) {
    TrainerState state = new TrainerState();
    state.trainer = "onednn";
    BenchmarkProcess.prepare(state.trainer);
    state.open(Workload.of(DIGITS, "digits01", batch, 1, "rmsprop"));
    return state;
  }

  @ParameterizedTest
  @CsvSource({"32, 6400", "100, 2048", "3000, 68", "4096, 50"})
  void steps_over25Invocations_makeUpForTheRests(int batch, int expected) {
    TrainerState state = onednn(batch);
    int steps = 0;
    for (int i = 0; i < 25; i++) {
      steps += state.steps(StepBenchmark.SAMPLES);
    }
    state.tearDown();
    assertThat(steps).isEqualTo(expected);
  }

  @Test
  void natives_ofTheProcess_comeFromItsOwnFolder() throws Exception {
    Path maps = Path.of("/proc/self/maps");
    Assumptions.assumeTrue(Files.exists(maps), "this system does not list mapped libraries");
    onednn(32).tearDown();
    String folder = System.getProperty("org.bytedeco.javacpp.cachedir");
    assertThat(folder).contains("onednn");
    try (Stream<String> lines = Files.lines(maps)) {
      assertThat(lines.filter(line -> line.contains("libjnidnnl")))
          .isNotEmpty()
          .allMatch(line -> line.contains(folder));
    }
  }

  @ParameterizedTest
  @CsvSource({"0", "-1", "16385"})
  void batch_outOfRange_isRefused(int batch) {
    assertThatThrownBy(() -> Workload.of(DIGITS, "digits01", batch, 0, "adam"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("batch")
        .hasMessageContaining(Integer.toString(batch));
  }

  @ParameterizedTest
  @CsvSource({"32, 1000", "1024, 2000", "4096, 5000", "8192, 10000", "16384, 20000"})
  void trainingRows_ofAnyBatch_divideACallOfFit(int batch, int expected) {
    Workload work = Workload.of(DIGITS, "digits01", batch, 0, "adam");
    assertThat(work.train().size()).isEqualTo(expected);
    assertThat(EpochBenchmark.SAMPLES % expected).isZero();
    assertThat(work.test().size()).isEqualTo(Workload.TEST_SAMPLES);
  }

  @Test
  void forward_batchAboveTheTestSamples_goesRoundThem() {
    TrainerState state = onednn(16384);
    assertThat(state.contender().forward(5)).isFinite().isBetween(0.0, 1.0);
    state.tearDown();
  }

  @Test
  void trainer_unknown_isRefusedWithTheProfile() {
    Workload work = Workload.of(DIGITS, "digits01", 32, 0, "adam");
    assertThatThrownBy(() -> Contenders.open("keras", work))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("keras")
        .hasMessageContaining("-Ppeers");
  }
}
