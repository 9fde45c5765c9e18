package dev.sinter.onednn;

import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.BackendProvider;
import dev.sinter.backend.Precision;
import dev.sinter.testkit.ConvolutionsContract;
import org.junit.jupiter.api.extension.ExtendWith;

/** Every product in bf16, also those that are too small to be faster that way. */
@ExtendWith(NeedsBf16.class)
class OneDnnBf16ContractTest extends ConvolutionsContract {
  @Override
  protected BackendProvider provider() {
    return new OneDnnProvider(Rounding.ALL);
  }

  @Override
  protected BackendOptions options() {
    return BackendOptions.DEFAULT.precision(Precision.BF16);
  }

  /** The ReLU of oneDNN is max(x, 0) as x86 defines it: 0 for NaN. See docs/decisions.md. */
  @Override
  public boolean reluPropagatesNan() {
    return false;
  }
}
