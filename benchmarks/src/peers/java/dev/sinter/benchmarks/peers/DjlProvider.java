package dev.sinter.benchmarks.peers;

import dev.sinter.benchmarks.Contender;
import dev.sinter.benchmarks.Workload;

/** Provides DJL on PyTorch as the trainer {@code djl}. */
public final class DjlProvider implements Contender.Provider {
  @Override
  public String name() {
    return "djl";
  }

  @Override
  public Contender open(Workload work) {
    return new DjlContender(work);
  }
}
