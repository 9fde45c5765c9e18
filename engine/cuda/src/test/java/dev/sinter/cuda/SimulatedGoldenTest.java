package dev.sinter.cuda;

import dev.sinter.testkit.GoldenContract;

class SimulatedGoldenTest extends GoldenContract {
  SimulatedGoldenTest() {
    super(SimulatedProvider.Fast.NAME);
  }
}
