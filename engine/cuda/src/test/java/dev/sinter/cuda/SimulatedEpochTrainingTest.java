package dev.sinter.cuda;

import dev.sinter.recipes.TrainingContract;
import java.util.List;

/** Training steps as one cooperative kernel. */
class SimulatedEpochTrainingTest extends TrainingContract {
  SimulatedEpochTrainingTest() {
    super(SimulatedProvider.Epochs.NAME, 1e-3, false);
  }

  /** digits01 has two hidden layers; two optimizers of mnist-dense take long enough. */
  @Override
  protected boolean trains(String recipe, String optimizer) {
    return recipe.equals("mnist-sigmoid")
        || recipe.equals("mnist-dense") && List.of("rmsprop", "adamw").contains(optimizer);
  }
}
