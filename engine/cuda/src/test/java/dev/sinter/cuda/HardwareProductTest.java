package dev.sinter.cuda;

import dev.sinter.cuda.nvidia.NvidiaPlatform;

@OnDevice
class HardwareProductTest extends KernelProductContract {
  HardwareProductTest() {
    super(new NvidiaPlatform());
  }
}
