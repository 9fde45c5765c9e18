package dev.sinter.cuda;

import dev.sinter.backend.BackendProvider;
import dev.sinter.cuda.product.ProductChooser.Preference;
import dev.sinter.cuda.simulated.SimulatedPlatform;
import dev.sinter.testkit.ProductsContract;

/** The products of cuBLASLt where it supports them. */
class SimulatedLibraryContractTest extends ProductsContract {
  @Override
  protected BackendProvider provider() {
    return new SimulatedProvider(
        "SimulatedLibraryContractTest",
        SimulatedPlatform.standard().withoutChecks(),
        Preference.LIBRARY);
  }

  /** cuBLASLt does not guarantee it. */
  @Override
  public boolean reluPropagatesNan() {
    return false;
  }
}
