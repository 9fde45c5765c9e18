package dev.sinter.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.backend.Backend;
import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.Details;
import dev.sinter.backend.Precision;
import dev.sinter.cuda.driver.DeviceProperties;
import dev.sinter.cuda.product.ProductChooser.Preference;
import dev.sinter.cuda.simulated.SimulatedPlatform;
import dev.sinter.errors.InputException;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Accepted and refused options of the backend. */
class CudaProviderTest {
  private static final DeviceProperties TURING =
      new DeviceProperties("Simulated T4", 7, 5, 40, 65536, 1L << 30, 13000, 65536, 1024, true);

  private final SimulatedPlatform platform = SimulatedPlatform.standard();

  @BeforeEach
  void requireCompiler() {
    Assumptions.assumeTrue(platform.survey().usable(), platform.survey().detail());
  }

  private static CudaProvider provider(SimulatedPlatform platform) {
    return new SimulatedProvider("cuda", platform, Preference.FASTEST);
  }

  private static BackendOptions options(int device, String precision, String ops) {
    return BackendOptions.DEFAULT
        .device(device)
        .precision(Precision.of(precision))
        .option(CudaOptions.OPS, ops);
  }

  @Test
  void open_namesDeviceAndLibraries() {
    Backend backend = provider(platform).open(options(0, "bf16", "cudnn"));
    assertThat(backend.name()).isEqualTo("cuda");
    assertThat(backend.precision()).isEqualTo(Precision.BF16);
    assertThat(backend.device())
        .startsWith("Simulated H100, sm_90, cuBLASLt ")
        .contains("cuDNN ")
        .endsWith(", bf16");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tf32", "bf16"})
  void open_roundedPrecisionOnTuring_isRefused(String precision) {
    SimulatedPlatform old = platform.withProperties(TURING);
    assertThat(provider(old).open(BackendOptions.DEFAULT).device())
        .startsWith("Simulated T4, sm_75");
    assertThatThrownBy(() -> provider(old).open(options(0, precision, "fused")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("float32 on Simulated T4, compute capability 7.5")
        .hasMessageContaining(precision + ", which needs tensor cores of compute capability 8.0")
        .hasMessageContaining("Leave the precision out");
  }

  @Test
  void open_unknownOptions_areRefused() {
    assertThatThrownBy(() -> provider(platform).open(options(0, "fp16", "fused")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("one of float32, tf32, bf16")
        .hasMessageContaining("fp16");
    assertThatThrownBy(() -> provider(platform).open(options(0, "float32", "cublas")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("one of fused, cudnn")
        .hasMessageContaining("cublas");
    assertThatThrownBy(() -> provider(platform).open(options(3, "float32", "fused")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("0 (Simulated H100)")
        .hasMessageContaining("3");
  }

  @Test
  void open_withoutLibraries_refusesCudnnAlone() {
    SimulatedPlatform bare = platform.withoutProducts().withoutNeuralOps();
    assertThat(provider(bare).open(BackendOptions.DEFAULT).device())
        .isEqualTo("Simulated H100, sm_90");
    assertThatThrownBy(() -> provider(bare).open(options(0, "float32", "cudnn")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("looked for libcudnn.so.9");
  }

  @Test
  void details_tellWhatIsThereAndWhatIsNot() {
    Details all = provider(platform).details();
    assertThat(all.values()).containsKeys("device 0", "compiler", "products", "cuDNN");
    assertThat(all.values().get("products")).contains("cuBLASLt");
    assertThat(all.hints()).isEmpty();
    Details bare = provider(platform.withoutProducts().withoutNeuralOps()).details();
    assertThat(bare.values().get("products")).isEqualTo("Sinter's kernels");
    assertThat(bare.values().get("cuDNN")).contains("looked for libcudnn.so.9");
    assertThat(bare.hints()).singleElement().asString().contains("looked for libcublasLt.so.13");
  }
}
