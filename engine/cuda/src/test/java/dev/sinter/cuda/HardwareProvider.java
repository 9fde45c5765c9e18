package dev.sinter.cuda;

import dev.sinter.cuda.driver.DeviceProperties;
import dev.sinter.cuda.driver.Platform.Library;
import dev.sinter.cuda.nvidia.NvidiaPlatform;
import dev.sinter.cuda.product.ProductChooser.Preference;
import dev.sinter.io.CacheFolder;
import org.junit.jupiter.api.Assumptions;

/** The cuda backend on the first real GPU, with a fixed choice of methods. */
final class HardwareProvider extends CudaProvider {
  private final Gpus gpus;

  HardwareProvider(Preference preference, WholeStepKernel.Use singleBlock) {
    this(preference, singleBlock, EpochKernel.Use.NEVER);
  }

  HardwareProvider(Preference preference, WholeStepKernel.Use singleBlock, EpochKernel.Use epochs) {
    this(new Gpus(new NvidiaPlatform(), preference, singleBlock, epochs, CacheFolder.here()));
  }

  private HardwareProvider(Gpus gpus) {
    super("cuda-hardware", -1, gpus);
    this.gpus = gpus;
  }

  /** Skips the test if cuBLASLt is missing; another test covers the kernels alone. */
  static HardwareProvider withCublas(Preference preference, WholeStepKernel.Use singleBlock) {
    HardwareProvider provider = new HardwareProvider(preference, singleBlock);
    require(provider.gpus.gpu(0).products());
    return provider;
  }

  /** Skips the test if cuDNN is missing. */
  static HardwareProvider withCudnn(Preference preference, WholeStepKernel.Use singleBlock) {
    HardwareProvider provider = new HardwareProvider(preference, singleBlock);
    require(provider.gpus.neuralOps(0));
    return provider;
  }

  /** Skips the test if tf32 and bf16 are refused. */
  static HardwareProvider withTensorCores(Preference preference, WholeStepKernel.Use singleBlock) {
    HardwareProvider provider = new HardwareProvider(preference, singleBlock);
    DeviceProperties device = provider.gpus.gpu(0).device().properties();
    Assumptions.assumeTrue(device.capability() >= 80, "tensor cores of Ampere or newer");
    return provider;
  }

  private static void require(Library<?> library) {
    Assumptions.assumeTrue(library.present(), library.reason());
  }
}
