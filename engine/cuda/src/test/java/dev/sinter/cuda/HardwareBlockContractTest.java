package dev.sinter.cuda;

import dev.sinter.backend.BackendProvider;
import dev.sinter.cuda.product.ProductChooser.Preference;
import dev.sinter.testkit.BackendContract;

/** Every supported program as one kernel of one block. */
@OnDevice
class HardwareBlockContractTest extends BackendContract {
  @Override
  protected BackendProvider provider() {
    return new HardwareProvider(Preference.KERNELS, WholeStepKernel.Use.ALWAYS);
  }
}
