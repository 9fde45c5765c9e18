package dev.sinter.onednn;

import dev.sinter.backend.BackendProvider;
import dev.sinter.testkit.BackendContract;

class OneDnnContractTest extends BackendContract {
  @Override
  protected BackendProvider provider() {
    return new OneDnnProvider();
  }

  /** The ReLU of oneDNN is max(x, 0) as x86 defines it: 0 for NaN. See docs/decisions.md. */
  @Override
  public boolean reluPropagatesNan() {
    return false;
  }
}
