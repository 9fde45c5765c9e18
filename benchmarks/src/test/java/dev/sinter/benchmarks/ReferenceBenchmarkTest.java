package dev.sinter.benchmarks;

import java.util.stream.Stream;

/** The benchmarks on the reference backend, which is too slow for MNIST. */
class ReferenceBenchmarkTest extends BackendChecks {
  ReferenceBenchmarkTest() {
    super("reference");
  }

  @Override
  protected Stream<String> recipes() {
    return Stream.of("digits01");
  }

  @Override
  Stream<CeilingState> ceilings() {
    return Stream.of(new CeilingBenchmark.Gemms());
  }
}
