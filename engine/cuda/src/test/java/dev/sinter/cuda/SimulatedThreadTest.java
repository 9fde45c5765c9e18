package dev.sinter.cuda;

import dev.sinter.testkit.ThreadContract;

class SimulatedThreadTest extends ThreadContract {
  SimulatedThreadTest() {
    super(SimulatedProvider.Fast.NAME);
  }
}
