package dev.sinter.cuda;

import dev.sinter.testkit.GradientContract;

@OnDevice
class HardwareGradientTest extends GradientContract {
  HardwareGradientTest() {
    super(CudaProvider.NAME);
  }
}
