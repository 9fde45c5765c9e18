package dev.sinter.benchmarks;

/** The benchmarks on the backend onednn. */
class OneDnnBenchmarkTest extends BackendChecks {
  OneDnnBenchmarkTest() {
    super("onednn");
  }
}
