package dev.sinter.testkit;

import dev.sinter.backend.Backend;

/** What the themes of the contract share. */
interface ContractTheme {
  /** Returns the backend under test. */
  Backend backend();

  /** Returns the oracle for the backend's precision. */
  default Oracle oracle() {
    return new Oracle(Tolerance.of(backend().precision()));
  }

  /** Starts a run of single operations. */
  default OpRun opRun(int replicas, long seed) {
    return new OpRun(backend(), replicas, seed);
  }

  /**
   * Returns whether a folded ReLU gives NaN for NaN, as the definition does. Where it need not, it
   * may give 0; training then stops at the end of fit, where weights that are not finite are found.
   */
  default boolean reluPropagatesNan() {
    return true;
  }
}
