package dev.sinter.backend.host;

import dev.sinter.backend.BackendProvider;
import dev.sinter.testkit.BackendContract;

/** The common base of the CPU backends, without any library. */
class HostContractTest extends BackendContract {
  @Override
  protected BackendProvider provider() {
    return new PlainBackend();
  }
}
