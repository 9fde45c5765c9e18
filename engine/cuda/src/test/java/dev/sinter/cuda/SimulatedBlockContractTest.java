package dev.sinter.cuda;

import dev.sinter.backend.BackendProvider;
import dev.sinter.cuda.product.ProductChooser.Preference;
import dev.sinter.cuda.simulated.SimulatedPlatform;
import dev.sinter.testkit.BackendContract;

/** Every supported program as one kernel of one block. */
class SimulatedBlockContractTest extends BackendContract {
  @Override
  protected BackendProvider provider() {
    return new SimulatedProvider(
        "cuda-block", SimulatedPlatform.standard(), Preference.KERNELS, WholeStepKernel.Use.ALWAYS);
  }
}
