package dev.sinter.cuda;

import dev.sinter.testkit.ThreadContract;

@OnDevice
class HardwareThreadTest extends ThreadContract {
  HardwareThreadTest() {
    super(CudaProvider.NAME);
  }
}
