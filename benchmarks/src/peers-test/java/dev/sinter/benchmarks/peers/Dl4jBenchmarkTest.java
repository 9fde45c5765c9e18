package dev.sinter.benchmarks.peers;

import dev.sinter.benchmarks.TrainerChecks;

/** The benchmarks on DL4J. */
class Dl4jBenchmarkTest extends TrainerChecks {
  Dl4jBenchmarkTest() {
    super("dl4j", "default");
  }
}
