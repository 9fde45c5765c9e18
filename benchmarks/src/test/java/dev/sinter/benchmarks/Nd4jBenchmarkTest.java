package dev.sinter.benchmarks;

/** The benchmarks on the backend nd4j. */
class Nd4jBenchmarkTest extends BackendChecks {
  Nd4jBenchmarkTest() {
    super("nd4j");
  }
}
