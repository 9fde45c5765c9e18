package dev.sinter.onednn;

import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.BackendProvider;
import dev.sinter.testkit.TrainingStepsContract;

/** The products of the first layer take all columns but one as sparse, whatever they hold. */
class OneDnnSparseContractTest extends TrainingStepsContract {
  @Override
  protected BackendProvider provider() {
    return new OneDnnProvider();
  }

  @Override
  protected BackendOptions options() {
    return BackendOptions.DEFAULT.option(SparseInputs.OPTION, "2");
  }

  /** Steps without an update multiply everything. */
  @Override
  public boolean addsInOneOrder() {
    return false;
  }
}
