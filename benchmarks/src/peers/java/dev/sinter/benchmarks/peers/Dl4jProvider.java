package dev.sinter.benchmarks.peers;

import dev.sinter.benchmarks.Contender;
import dev.sinter.benchmarks.Workload;

/** Provides DL4J as the trainer {@code dl4j}. */
public final class Dl4jProvider implements Contender.Provider {
  @Override
  public String name() {
    return "dl4j";
  }

  @Override
  public Contender open(Workload work) {
    return new Dl4jContender(work);
  }
}
