package dev.sinter.nd4j;

import org.nd4j.linalg.api.blas.Blas;
import org.nd4j.linalg.factory.Environment;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The number of CPU threads that ND4J and its BLAS use during a run. The counts belong to the
 * process, not to a session. A run sets them; the last of the runs under way restores the previous
 * values, so other ND4J code of the user keeps its counts. Of two sessions that run at the same
 * time with different counts, both use those of the one that started last.
 */
final class Threads {
  private static final Object LOCK = new Object(); // guards the fields below and the counts

  private static int running; // runs under way that set the counts
  private static int blasBefore; // the counts before the first of them
  private static int threadsBefore;
  private static int masterThreadsBefore;

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

  /** Sets the counts; {@link #leave} must follow. */
  void enter() {
    if (count == 0) {
      return;
    }
    synchronized (LOCK) {
      if (running++ == 0) {
        blasBefore = blas.getMaxThreads();
        threadsBefore = environment.maxThreads();
        masterThreadsBefore = environment.maxMasterThreads();
      }
      set(count, count, count);
    }
  }

  /** Restores the counts if no other run is under way. */
  void leave() {
    if (count == 0) {
      return;
    }
    synchronized (LOCK) {
      if (--running == 0) {
        set(blasBefore, threadsBefore, masterThreadsBefore);
      }
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
