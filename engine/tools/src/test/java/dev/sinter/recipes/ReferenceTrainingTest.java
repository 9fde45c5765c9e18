package dev.sinter.recipes;

class ReferenceTrainingTest extends TrainingContract {
  ReferenceTrainingTest() {
    super("reference", 1e-4, false);
  }
}
