package dev.sinter.cuda;

import dev.sinter.backend.BackendProvider;
import dev.sinter.testkit.BackendContract;

/** Sinter's own kernels. */
class SimulatedContractTest extends BackendContract {
  @Override
  protected BackendProvider provider() {
    return new SimulatedProvider();
  }
}
