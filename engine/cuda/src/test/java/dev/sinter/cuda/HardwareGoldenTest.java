package dev.sinter.cuda;

import dev.sinter.testkit.GoldenContract;

@OnDevice
class HardwareGoldenTest extends GoldenContract {
  HardwareGoldenTest() {
    super(CudaProvider.NAME);
  }
}
