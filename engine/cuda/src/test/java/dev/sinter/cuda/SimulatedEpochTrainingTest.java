package dev.sinter.cuda;

import dev.sinter.recipes.TrainingContract;

/** Training steps as one cooperative kernel. */
class SimulatedEpochTrainingTest extends TrainingContract {
  SimulatedEpochTrainingTest() {
    super(SimulatedProvider.Epochs.NAME, 1e-3, false);
  }
}
