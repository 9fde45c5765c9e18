package dev.sinter.cuda;

import dev.sinter.backend.BackendProvider;
import dev.sinter.cuda.product.ProductChooser.Preference;
import dev.sinter.testkit.BackendContract;

/** The products of cuBLASLt where it supports them. */
@OnDevice
class HardwareLibraryContractTest extends BackendContract {
  @Override
  protected BackendProvider provider() {
    return HardwareProvider.withCublas(Preference.LIBRARY, WholeStepKernel.Use.NEVER);
  }

  /** cuBLASLt does not guarantee it. */
  @Override
  public boolean reluPropagatesNan() {
    return false;
  }
}
