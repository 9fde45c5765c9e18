package dev.sinter.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The benchmarks on the backend onednn. */
class OneDnnBenchmarkTest extends BackendChecks {
  OneDnnBenchmarkTest() {
    super("onednn");
  }

  @Test
  void epochs_ofDigits01_are60ACall() {
    EpochBenchmark.FitState state = open(new EpochBenchmark.FitState(), "digits01", 32);
    new EpochBenchmark().fit(state);
    Contender.Quality quality = state.contender().quality(1000);
    state.tearDown();
    assertThat(quality.accuracy()).isGreaterThan(0.99);
  }
}
