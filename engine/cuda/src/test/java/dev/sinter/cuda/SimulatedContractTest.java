package dev.sinter.cuda;

import dev.sinter.backend.BackendProvider;
import dev.sinter.testkit.BackendContract;

/** The kernels of Sinter. */
class SimulatedContractTest extends BackendContract {
  @Override
  protected BackendProvider provider() {
    return new SimulatedProvider();
  }
}
