package dev.sinter.cuda;

import dev.sinter.cuda.simulated.SimulatedPlatform;

class SimulatedProductTest extends KernelProductContract {
  SimulatedProductTest() {
    super(SimulatedPlatform.standard());
  }
}
