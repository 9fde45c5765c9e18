package dev.sinter.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.backend.BackendProvider;
import dev.sinter.backend.Probe;
import dev.sinter.datasets.Mnist;
import dev.sinter.datasets.MnistOptions;
import dev.sinter.errors.InputException;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The benchmarks on the cuda backend with a simulated device: digits01, as little work as possible.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SimulatedBenchmarkTest {
  private static final String TRAINER = "cuda-simulated-fast";

  private final Workload work =
      Workload.of(
          Mnist.load(MnistOptions.defaults().generated(true)),
          "digits01",
          32,
          0,
          Workload.OWN_OPTIMIZER);
  private SinterContender opened; // once for all tests

  private static Probe probe(String backend) {
    return ServiceLoader.load(BackendProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(provider -> provider.name().equals(backend))
        .findFirst()
        .orElseThrow()
        .probe();
  }

  private SinterContender contender() {
    Probe probe = probe(TRAINER);
    if (!probe.usable()) {
      System.out.println("SKIPPED SimulatedBenchmarkTest: " + probe.detail());
    }
    Assumptions.assumeTrue(probe.usable(), probe.detail());
    if (opened == null) {
      opened = (SinterContender) Contenders.open(TRAINER, work);
    }
    return opened;
  }

  @AfterAll
  void close() {
    if (opened != null) {
      opened.close();
    }
  }

  @Test
  void contender_onADevice_trainsPredictsAndSaysWhere() {
    SinterContender contender = contender();
    assertThat(contender.description())
        .contains("cuda-simulated-fast on Simulated H100", "float32", "fused");
    double before = contender.session().quality(1000).loss();
    assertThat(contender.train(201)).isFinite().isBetween(0.0, 1.0);
    assertThat(contender.quality(1000).loss()).isLessThan(0.9 * before);
    assertThat(contender.forward(3)).isFinite().isBetween(0.0, 1.0);
    assertThat(contender.predict()).isFinite().isBetween(0.0, 1.0);
    contender.fit(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-cudnn", "-tf32", "-bf16"})
  void variant_ofTheBackend_isOpenedWithItsOptions(String end) {
    contender();
    try (Contender variant = Contenders.open("cuda-simulated" + end, work)) {
      assertThat(variant.description())
          .contains(end.equals("-cudnn") ? "softmax cudnn" : ", " + end.substring(1));
    }
  }

  static Stream<CeilingState> ceilings() {
    return Stream.of(
        new CeilingBenchmark.Gemms(),
        new CeilingBenchmark.LargeGemms(),
        new CeilingBenchmark.ForwardGemms(),
        new CeilingBenchmark.Bandwidth(),
        new CeilingBenchmark.DeviceMemory(),
        new CeilingBenchmark.Replay());
  }

  @ParameterizedTest
  @MethodSource("ceilings")
  void ceiling_ofDigits01_leavesTheWeightsAsTheyAre(CeilingState state) {
    SinterContender contender = contender();
    state.trainer = TRAINER;
    state.take(work, contender, 0);
    state.prepare(contender, 1);
    state.compare();
    Contender.Quality before = contender.session().quality(500);
    state.run();
    assertThat(contender.session().quality(500)).isEqualTo(before);
    assertThat(state.scaled(0)).isPositive();
    assertThat(state.summary()).isNotEmpty().allMatch(line -> line.contains("1 turns"));
  }

  @Test
  void steps_onAGpu_comeInChunksAndAddUp() {
    TrainerState state = new TrainerState();
    state.trainer = TRAINER;
    state.take(work, null, TrainerState.GPU_SAMPLES);
    int calls = 0;
    int steps = 0;
    for (int i = 0; i < 32; i++) {
      int now = state.steps(StepBenchmark.SAMPLES);
      calls += now > 0 ? 1 : 0;
      steps += now;
    }
    assertThat(calls).isEqualTo(4);
    assertThat(steps).isEqualTo(32 * StepBenchmark.SAMPLES / work.batch());
  }

  @Test
  void turns_ofSixteenInvocations_comeWithTheLast() {
    CeilingState state = new CeilingBenchmark.Replay();
    SinterContender contender = contender();
    state.trainer = TRAINER;
    state.take(work, contender, 0);
    state.prepare(contender, 3);
    for (int i = 1; i <= 6; i++) {
      state.compare();
      state.run();
      assertThat(state.summary()).hasSize(i < 3 ? 0 : 1);
    }
    assertThat(state.summary()).allMatch(line -> line.contains("2 turns"));
  }

  @Test
  void gpuCeiling_ofATrainerOnTheCpu_isRefused() {
    CeilingBenchmark.Replay state = new CeilingBenchmark.Replay();
    state.trainer = "onednn";
    assertThatThrownBy(() -> state.prepare(null, 1))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("CeilingBenchmark.replay", "such as cuda", "received onednn");
  }

  @ParameterizedTest
  @ValueSource(strings = {"cuda", "cuda-cudnn", "cuda-tf32", "cuda-bf16"})
  void trainer_withoutAGpu_isRefusedWithTheProvidersReason(String trainer) {
    Probe probe = probe("cuda");
    Assumptions.assumeFalse(probe.usable(), "this machine has a GPU: nothing is refused");
    assertThatThrownBy(() -> Contenders.open(trainer, work))
        .isInstanceOf(InputException.class)
        .hasMessage("Backend cuda cannot run here: " + probe.detail() + ".");
  }
}
