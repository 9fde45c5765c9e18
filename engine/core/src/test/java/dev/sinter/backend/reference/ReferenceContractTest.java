package dev.sinter.backend.reference;

import dev.sinter.backend.BackendProvider;
import dev.sinter.testkit.BackendContract;

class ReferenceContractTest extends BackendContract {
  @Override
  protected BackendProvider provider() {
    return new ReferenceProvider();
  }
}
