package dev.sinter.onednn;

import dev.sinter.recipes.TrainingContract;

class OneDnnTrainingTest extends TrainingContract {
  OneDnnTrainingTest() {
    super("onednn", 1e-3, true);
  }
}
