package dev.sinter.cuda;

import dev.sinter.backend.BackendProvider;
import dev.sinter.cuda.product.ProductChooser.Preference;
import dev.sinter.testkit.TrainingStepsContract;

/** Training steps as one cooperative kernel where there is a plan for it. */
@OnDevice
class HardwareEpochContractTest extends TrainingStepsContract {
  @Override
  protected BackendProvider provider() {
    return new HardwareProvider(
        Preference.KERNELS, WholeStepKernel.Use.NEVER, EpochKernel.Use.ALWAYS);
  }

  @Override
  public boolean addsInOneOrder() {
    return false;
  }
}
