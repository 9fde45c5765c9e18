package dev.sinter.nd4j;

import org.nd4j.linalg.api.blas.Blas;
import org.nd4j.linalg.factory.Environment;
import org.nd4j.linalg.factory.Nd4j;

/**
 * How many CPU threads ND4J and its BLAS use. Both counts belong to the process, not to a session:
 * they are set again before each run where another session, or the user, has changed them.
 */
final class Threads {
  private final int count;
  private final Blas blas = Nd4j.factory().blas();
  private final Environment environment = Nd4j.getBackend().getEnvironment();

  /**
   * Sets both counts.
   *
   * @param count 0 keeps what ND4J and the BLAS chose
   */
  Threads(int count) {
    this.count = count;
    apply();
  }

  /** Sets the counts where they differ; does nothing where ND4J chose them. */
  void apply() {
    if (count > 0 && blas.getMaxThreads() != count) {
      blas.setMaxThreads(count);
    }
    if (count > 0 && environment.maxMasterThreads() != count) {
      environment.setMaxThreads(count);
      environment.setMaxMasterThreads(count);
    }
  }

  /** Returns the number of threads in use now: the larger of the two counts. */
  int inUse() {
    return Math.max(1, Math.max(blas.getMaxThreads(), environment.maxMasterThreads()));
  }
}
