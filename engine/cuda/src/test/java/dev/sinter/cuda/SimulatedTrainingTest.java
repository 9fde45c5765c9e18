package dev.sinter.cuda;

import dev.sinter.recipes.TrainingContract;
import java.util.List;

class SimulatedTrainingTest extends TrainingContract {
  SimulatedTrainingTest() {
    super(SimulatedProvider.Fast.NAME, 1e-3, false);
  }

  /** The optimizers of the recipes, and one more each: the golden values cover the others. */
  @Override
  protected boolean trains(String recipe, String optimizer) {
    List<String> optimizers =
        switch (recipe) {
          case "mnist-dense" -> List.of("rmsprop", "nesterov");
          case "mnist-sigmoid" -> List.of("sgd", "adam");
          default -> List.of("adam", "adamw");
        };
    return optimizers.contains(optimizer);
  }
}
