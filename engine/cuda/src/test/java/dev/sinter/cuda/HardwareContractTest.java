package dev.sinter.cuda;

import dev.sinter.backend.BackendProvider;
import dev.sinter.cuda.product.ProductChooser.Preference;
import dev.sinter.testkit.BackendContract;

/** The kernels of Sinter. */
@OnDevice
class HardwareContractTest extends BackendContract {
  @Override
  protected BackendProvider provider() {
    return new HardwareProvider(Preference.KERNELS, WholeStepKernel.Use.NEVER);
  }
}
