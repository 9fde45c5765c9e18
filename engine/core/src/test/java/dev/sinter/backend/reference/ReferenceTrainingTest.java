package dev.sinter.backend.reference;

import dev.sinter.testkit.TrainingContract;

class ReferenceTrainingTest extends TrainingContract {
  ReferenceTrainingTest() {
    super("reference", 1e-4, false);
  }
}
