package dev.sinter.nd4j;

import org.nd4j.linalg.api.blas.Blas;
import org.nd4j.linalg.factory.Environment;
import org.nd4j.linalg.factory.Nd4j;

/**
 * How many CPU threads ND4J and its BLAS use. Both counts belong to the process, not to a session:
 * they are set again before each run where another session has changed them. What the user sets
 * through ND4J stays, unless a session asks for a count.
 */
final class Threads {
  private static int blasDefault; // what was there before a session first asked for a count
  private static int environmentDefault;
  private static boolean changed; // guarded by the class, as the defaults are

  private final int count;
  private final Blas blas = Nd4j.factory().blas();
  private final Environment environment = Nd4j.getEnvironment();

  /**
   * Sets both counts.
   *
   * @param count 0 for what ND4J and the BLAS chose
   */
  Threads(int count) {
    this.count = count;
    apply();
  }

  /** Sets the counts where they differ from what this object asks for. */
  void apply() {
    synchronized (Threads.class) {
      if (count > 0) {
        if (!changed) {
          blasDefault = blas.getMaxThreads();
          environmentDefault = environment.maxMasterThreads();
          changed = true;
        }
        set(count, count);
      } else if (changed) {
        set(blasDefault, environmentDefault);
        changed = false;
      }
    }
  }

  private void set(int blasThreads, int environmentThreads) {
    if (blas.getMaxThreads() != blasThreads) {
      blas.setMaxThreads(blasThreads);
    }
    if (environment.maxMasterThreads() != environmentThreads) {
      environment.setMaxThreads(environmentThreads);
      environment.setMaxMasterThreads(environmentThreads);
    }
  }

  /** Returns the number of threads in use now: the larger of the two counts. */
  int inUse() {
    return Math.max(1, Math.max(blas.getMaxThreads(), environment.maxMasterThreads()));
  }
}
