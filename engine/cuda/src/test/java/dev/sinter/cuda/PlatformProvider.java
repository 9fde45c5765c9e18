package dev.sinter.cuda;

import dev.sinter.cuda.driver.Platform;
import dev.sinter.cuda.nvidia.NvidiaPlatform;
import dev.sinter.cuda.product.ProductChooser.Preference;
import dev.sinter.cuda.simulated.SimulatedPlatform;
import java.nio.file.Path;

/** The cuda backend on any platform, with a fixed way to run programs. */
public final class PlatformProvider extends CudaProvider {
  private final Gpus gpus;

  /** How programs run. */
  public enum Method {
    /** Each operation with Sinter's kernels. */
    KERNELS(Preference.KERNELS, WholeStepKernel.Use.NEVER, EpochKernel.Use.NEVER),
    /** Every supported program as one block. */
    BLOCK(Preference.KERNELS, WholeStepKernel.Use.ALWAYS, EpochKernel.Use.NEVER),
    /** Every training for which there is a plan as one cooperative kernel. */
    EPOCH(Preference.KERNELS, WholeStepKernel.Use.NEVER, EpochKernel.Use.ALWAYS),
    /** Products with cuBLASLt. */
    LIBRARY(Preference.LIBRARY, WholeStepKernel.Use.NEVER, EpochKernel.Use.NEVER);

    private final Preference preference;
    private final WholeStepKernel.Use singleBlock;
    private final EpochKernel.Use epochs;

    Method(Preference preference, WholeStepKernel.Use singleBlock, EpochKernel.Use epochs) {
      this.preference = preference;
      this.singleBlock = singleBlock;
      this.epochs = epochs;
    }
  }

  /**
   * Creates a provider.
   *
   * @param cache the folder for kernels; null to compile each of them
   */
  public PlatformProvider(Platform platform, Method method, Path cache) {
    this(new Gpus(platform, method.preference, method.singleBlock, method.epochs, cache));
  }

  private PlatformProvider(Gpus gpus) {
    super("cuda-platform", -1, gpus);
    this.gpus = gpus;
  }

  /** Returns why cuBLASLt is unavailable; null if it is there. */
  public String missingProducts() {
    return gpus.gpu(0).products().reason();
  }

  /** Returns the platform of a backend by its name; null if it has none. */
  public static Platform platform(String backend) {
    return switch (backend) {
      case NAME -> new NvidiaPlatform();
      case SimulatedProvider.NAME -> SimulatedPlatform.standard();
      case SimulatedProvider.Fast.NAME -> SimulatedPlatform.standard().withoutChecks();
      default -> null;
    };
  }
}
