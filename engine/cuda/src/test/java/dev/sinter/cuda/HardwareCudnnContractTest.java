package dev.sinter.cuda;

import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.BackendProvider;
import dev.sinter.cuda.product.ProductChooser.Preference;
import dev.sinter.testkit.BackendContract;

/** Activations and softmax by cuDNN. */
@OnDevice
class HardwareCudnnContractTest extends BackendContract {
  @Override
  protected BackendProvider provider() {
    return HardwareProvider.withCudnn(Preference.KERNELS, WholeStepKernel.Use.NEVER);
  }

  @Override
  protected BackendOptions options() {
    return BackendOptions.DEFAULT.option(CudaOptions.OPS, CudaOptions.CUDNN);
  }
}
