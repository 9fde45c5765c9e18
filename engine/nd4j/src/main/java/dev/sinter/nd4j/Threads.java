package dev.sinter.nd4j;

import org.nd4j.linalg.api.blas.Blas;
import org.nd4j.linalg.factory.Environment;
import org.nd4j.linalg.factory.Nd4j;

/**
 * How many CPU threads ND4J and its BLAS use during a run. The counts belong to the process, not to
 * a session: a run sets them and puts back what it found, so the user's own ND4J code keeps its
 * counts. Two sessions that run at the same moment with different counts disturb each other's
 * speed.
 */
final class Threads {
  private static final int BITS = 21; // of a count: three fit a long

  private final int count;
  private final Blas blas = Nd4j.factory().blas();
  private final Environment environment = Nd4j.getEnvironment();

  /**
   * Changes nothing yet.
   *
   * @param count 0 for what ND4J and the BLAS chose
   */
  Threads(int count) {
    this.count = count;
  }

  /** Sets the counts; returns what {@link #leave} needs. */
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

  /** Puts the counts back. */
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
