package dev.sinter.testkit;

import dev.sinter.backend.Backend;

/** The common part of the themes of the contract. */
interface ContractTheme {
  /** Returns the backend under test. */
  Backend backend();

  /** Returns the oracle for the precision of the backend. */
  default Oracle oracle() {
    return new Oracle(Tolerance.of(backend().precision()));
  }

  /** Starts a run of single operations. */
  default OpRun opRun(int replicas, long seed) {
    return new OpRun(backend(), replicas, seed);
  }

  /**
   * Returns whether a folded ReLU returns NaN for NaN, as defined. If not, it may return 0;
   * training then stops at the end of fit, which detects weights that are not finite.
   */
  default boolean reluPropagatesNan() {
    return true;
  }
}
