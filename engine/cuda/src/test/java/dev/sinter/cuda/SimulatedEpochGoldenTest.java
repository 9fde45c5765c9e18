package dev.sinter.cuda;

import dev.sinter.testkit.GoldenContract;

/** Training steps as one cooperative kernel. */
class SimulatedEpochGoldenTest extends GoldenContract {
  SimulatedEpochGoldenTest() {
    super(SimulatedProvider.Epochs.NAME);
  }
}
