package dev.sinter.benchmarks.peers;

import dev.sinter.benchmarks.Contender;
import dev.sinter.benchmarks.Work;

/** Provides DJL on PyTorch as the trainer {@code djl}. */
public final class DjlProvider implements Contender.Provider {
  @Override
  public String name() {
    return "djl";
  }

  @Override
  public Contender open(Work work) {
    return new DjlContender(work);
  }
}
