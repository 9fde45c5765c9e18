package dev.sinter.cuda;

import dev.sinter.testkit.GradientContract;

class SimulatedGradientTest extends GradientContract {
  SimulatedGradientTest() {
    super(SimulatedProvider.Fast.NAME);
  }
}
