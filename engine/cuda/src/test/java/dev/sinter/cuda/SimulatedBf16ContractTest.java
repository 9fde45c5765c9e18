package dev.sinter.cuda;

import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.BackendProvider;
import dev.sinter.backend.Precision;
import dev.sinter.cuda.product.ProductChooser.Preference;
import dev.sinter.cuda.simulated.SimulatedPlatform;
import dev.sinter.testkit.ProductsContract;

/** Tensor cores, operands rounded to bf16. */
class SimulatedBf16ContractTest extends ProductsContract {
  @Override
  protected BackendProvider provider() {
    return new SimulatedProvider(
        "SimulatedBf16ContractTest", SimulatedPlatform.standard(), Preference.KERNELS);
  }

  @Override
  protected BackendOptions options() {
    return BackendOptions.DEFAULT.precision(Precision.BF16);
  }
}
