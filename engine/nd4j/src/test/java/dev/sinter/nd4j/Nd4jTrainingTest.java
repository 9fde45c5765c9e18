package dev.sinter.nd4j;

import dev.sinter.recipes.TrainingContract;

class Nd4jTrainingTest extends TrainingContract {
  Nd4jTrainingTest() {
    super("nd4j", 1e-3, true);
  }
}
