package dev.sinter.cuda;

import dev.sinter.recipes.TrainingContract;

class SimulatedTrainingTest extends TrainingContract {
  SimulatedTrainingTest() {
    super(SimulatedProvider.Fast.NAME, 1e-3, false);
  }
}
