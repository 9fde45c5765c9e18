package dev.sinter.cuda;

import dev.sinter.recipes.TrainingContract;

/** Training steps as one cooperative kernel. */
class SimulatedEpochTrainingTest extends TrainingContract {
  SimulatedEpochTrainingTest() {
    super(SimulatedProvider.Epochs.NAME, 1e-3, false);
  }

  /** digits01 has two hidden layers; the golden values cover the other optimizers. */
  @Override
  protected boolean trains(String recipe, String optimizer) {
    return recipe.equals("mnist-sigmoid") && optimizer.equals("adam")
        || recipe.equals("mnist-dense") && optimizer.equals("rmsprop");
  }
}
