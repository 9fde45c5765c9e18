package dev.sinter.cuda;

import dev.sinter.backend.BackendProvider;
import dev.sinter.cuda.product.ProductChooser.Preference;
import dev.sinter.cuda.simulated.SimulatedPlatform;
import dev.sinter.testkit.StepsContract;

/**
 * Every supported program as one kernel of one block. Formulas of elements are left to {@link
 * SimulatedContractTest}: both kinds of kernels get them from the same generator.
 */
class SimulatedBlockContractTest extends StepsContract {
  @Override
  protected BackendProvider provider() {
    return new SimulatedProvider(
        "cuda-block", SimulatedPlatform.standard(), Preference.KERNELS, WholeStepKernel.Use.ALWAYS);
  }
}
