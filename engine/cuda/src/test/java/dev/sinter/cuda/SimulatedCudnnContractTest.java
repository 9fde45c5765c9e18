package dev.sinter.cuda;

import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.BackendProvider;
import dev.sinter.cuda.product.ProductChooser.Preference;
import dev.sinter.cuda.simulated.SimulatedPlatform;
import dev.sinter.testkit.BackendContract;

/** Activations and softmax of cuDNN. */
class SimulatedCudnnContractTest extends BackendContract {
  @Override
  protected BackendProvider provider() {
    return new SimulatedProvider(
        "SimulatedCudnnContractTest",
        SimulatedPlatform.standard().withoutChecks(),
        Preference.KERNELS);
  }

  @Override
  protected BackendOptions options() {
    return BackendOptions.DEFAULT.option(CudaOptions.OPS, CudaOptions.CUDNN);
  }
}
