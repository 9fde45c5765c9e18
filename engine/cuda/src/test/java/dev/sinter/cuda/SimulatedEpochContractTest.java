package dev.sinter.cuda;

import dev.sinter.backend.BackendProvider;
import dev.sinter.cuda.product.ProductChooser.Preference;
import dev.sinter.cuda.simulated.SimulatedPlatform;
import dev.sinter.testkit.TrainingStepsContract;

/** Training steps as one cooperative kernel where there is a plan for it. */
class SimulatedEpochContractTest extends TrainingStepsContract {
  @Override
  protected BackendProvider provider() {
    return new SimulatedProvider(
        "cuda-epoch",
        SimulatedPlatform.standard().withMultiprocessors(8), // fewer blocks: a quicker test
        Preference.KERNELS,
        WholeStepKernel.Use.NEVER,
        EpochKernel.Use.ALWAYS);
  }

  @Override
  public boolean addsInOneOrder() {
    return false;
  }

  /** Left to SimulatedEpochTrainingTest, which trains for longer. */
  @Override
  public void train_manySteps_learns() {}
}
