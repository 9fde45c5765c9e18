package dev.sinter.cuda;

import dev.sinter.recipes.TrainingContract;

/** Whole trainings, the same bits from the same seed, and the recipes on real MNIST. */
@OnDevice
class HardwareTrainingTest extends TrainingContract {
  HardwareTrainingTest() {
    super(CudaProvider.NAME, 1e-3, true);
  }
}
