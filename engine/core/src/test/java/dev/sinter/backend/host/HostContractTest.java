package dev.sinter.backend.host;

import dev.sinter.backend.BackendProvider;
import dev.sinter.testkit.BackendContract;

/** The floor that the backends on a CPU stand on, without any library. */
class HostContractTest extends BackendContract {
  @Override
  protected BackendProvider provider() {
    return new PlainBackend();
  }
}
