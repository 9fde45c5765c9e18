package dev.sinter.nd4j;

import dev.sinter.backend.BackendProvider;
import dev.sinter.testkit.BackendContract;

class Nd4jContractTest extends BackendContract {
  @Override
  protected BackendProvider provider() {
    return new Nd4jProvider();
  }
}
