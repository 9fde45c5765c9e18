package dev.sinter.nd4j;

import org.nd4j.linalg.api.blas.Blas;
import org.nd4j.linalg.factory.Environment;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The number of CPU threads that ND4J and its BLAS use during a run. The counts belong to the
 * process, not to a session. A run sets them and restores the previous values afterwards, so other
 * ND4J code of the user keeps its counts. Two sessions that run at the same time with different
 * counts slow each other down.
 */
final class Threads {
  private static final int BITS = 21; // per count; a long holds three

  private final int count;
  private final Blas blas = Nd4j.factory().blas();
  private final Environment environment = Nd4j.getEnvironment();

  /**
   * Does not set anything yet.
   *
   * @param count 0 keeps the counts chosen by ND4J and the BLAS
   */
  Threads(int count) {
    this.count = count;
  }

  /** Sets the counts; returns the previous ones for {@link #leave}. */
  long enter() {
    if (count == 0) {
      return 0;
    }
    long before = blas.getMaxThreads();
    before = before << BITS | environment.maxThreads();
    before = before << BITS | environment.maxMasterThreads();
    set(count, count, count);
    return before;
  }

  /** Restores the counts. */
  void leave(long before) {
    if (count > 0) {
      int mask = (1 << BITS) - 1;
      set((int) (before >>> 2 * BITS), (int) (before >>> BITS) & mask, (int) before & mask);
    }
  }

  private void set(int blasThreads, int threads, int masterThreads) {
    if (blas.getMaxThreads() != blasThreads) {
      blas.setMaxThreads(blasThreads);
    }
    if (environment.maxThreads() != threads) {
      environment.setMaxThreads(threads);
    }
    if (environment.maxMasterThreads() != masterThreads) {
      environment.setMaxMasterThreads(masterThreads);
    }
  }

  /** Returns the number of threads that a run uses. */
  int inUse() {
    int chosen = Math.max(blas.getMaxThreads(), environment.maxMasterThreads());
    return count > 0 ? count : Math.max(1, chosen);
  }
}
