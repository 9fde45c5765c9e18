package dev.sinter.cuda;

import dev.sinter.backend.BackendProvider;
import dev.sinter.cuda.ProductChooser.Preference;
import dev.sinter.testkit.BackendContract;

/** cuBLASLt's products where it has them. */
@OnDevice
class HardwareLibraryContractTest extends BackendContract {
  @Override
  protected BackendProvider provider() {
    return HardwareProvider.withCublas(Preference.LIBRARY, SingleBlock.Use.NEVER);
  }

  /** cuBLASLt does not promise it. */
  @Override
  public boolean reluPropagatesNan() {
    return false;
  }
}
