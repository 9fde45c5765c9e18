package dev.sinter.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Collection;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Further checks for the backends of Sinter: ceilings. */
abstract class BackendChecks extends TrainerChecks {
  BackendChecks(String backend) {
    super(backend, Workload.OWN_OPTIMIZER);
  }

  /** Returns the ceilings for which the backend is fast enough. */
  Stream<CeilingState> ceilings() {
    return Stream.of(
        new CeilingBenchmark.Gemms(),
        new CeilingBenchmark.LargeGemms(),
        new CeilingBenchmark.ForwardGemms(),
        new CeilingBenchmark.Bandwidth());
  }

  @ParameterizedTest
  @MethodSource("ceilings")
  void ceiling_ofDigits01_leavesTheWeightsAsTheyAre(CeilingState state) {
    open(state, "digits01", 32);
    BareSession session = ((SinterContender) state.contender()).session();
    state.compare();
    Contender.Quality before = session.quality(1000);
    state.run();
    assertThat(session.quality(1000)).isEqualTo(before);
    assertThat(state.scaled(0)).isPositive();
    Collection<String> summary = state.summary();
    state.tearDown();
    assertThat(summary).isNotEmpty().allMatch(line -> line.contains("1 turns"));
  }

  @Test
  void predictor_ofDigits01_answersAsTheModel() {
    PredictBenchmark.PredictorRows state =
        open(new PredictBenchmark.PredictorRows(), "digits01", 32);
    float[] output = new PredictBenchmark().output(state, new PredictBenchmark.Cursor());
    float[] received = new PredictBenchmark().predictor(state, new PredictBenchmark.Cursor());
    state.tearDown();
    assertThat(received).hasSize(1);
    assertThat(received[0]).isCloseTo(output[0], within(1e-5f));
  }
}
