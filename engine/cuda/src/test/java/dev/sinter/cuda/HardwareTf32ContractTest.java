package dev.sinter.cuda;

import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.BackendProvider;
import dev.sinter.backend.Precision;
import dev.sinter.cuda.product.ProductChooser.Preference;
import dev.sinter.testkit.BackendContract;

/** Tensor cores, operands rounded to tf32. */
@OnDevice
class HardwareTf32ContractTest extends BackendContract {
  @Override
  protected BackendProvider provider() {
    return HardwareProvider.withTensorCores(Preference.KERNELS, WholeStepKernel.Use.NEVER);
  }

  @Override
  protected BackendOptions options() {
    return BackendOptions.DEFAULT.precision(Precision.TF32);
  }
}
