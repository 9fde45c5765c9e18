package dev.sinter.cuda;

import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.BackendProvider;
import dev.sinter.backend.Precision;
import dev.sinter.cuda.product.ProductChooser.Preference;
import dev.sinter.cuda.simulated.SimulatedPlatform;
import dev.sinter.testkit.ProductsContract;

/** Tensor cores, operands rounded to tf32. */
class SimulatedTf32ContractTest extends ProductsContract {
  @Override
  protected BackendProvider provider() {
    return new SimulatedProvider(
        "SimulatedTf32ContractTest", SimulatedPlatform.standard(), Preference.KERNELS);
  }

  @Override
  protected BackendOptions options() {
    return BackendOptions.DEFAULT.precision(Precision.TF32);
  }
}
