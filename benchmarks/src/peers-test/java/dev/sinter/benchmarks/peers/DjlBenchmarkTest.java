package dev.sinter.benchmarks.peers;

import dev.sinter.benchmarks.TrainerChecks;

/** The benchmarks on DJL and PyTorch, with an optimizer that both have. */
class DjlBenchmarkTest extends TrainerChecks {
  DjlBenchmarkTest() {
    super("djl", "adam");
  }
}
