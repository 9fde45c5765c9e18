package dev.sinter.cuda;

import dev.sinter.cuda.product.ProductChooser.Preference;
import dev.sinter.cuda.simulated.SimulatedPlatform;

/** The cuda backend on a simulated device that checks every load and store. */
public class SimulatedProvider extends CudaProvider {
  static final String NAME = "cuda-simulated";

  /** Only kernels, as on a machine with only the driver. */
  public SimulatedProvider() {
    this(NAME, SimulatedPlatform.standard(), Preference.KERNELS);
  }

  SimulatedProvider(String name, SimulatedPlatform platform, Preference preference) {
    this(name, platform, preference, WholeStepKernel.Use.NEVER);
  }

  SimulatedProvider(
      String name,
      SimulatedPlatform platform,
      Preference preference,
      WholeStepKernel.Use singleBlock) {
    this(name, platform, preference, singleBlock, EpochKernel.Use.NEVER);
  }

  SimulatedProvider(
      String name,
      SimulatedPlatform platform,
      Preference preference,
      WholeStepKernel.Use singleBlock,
      EpochKernel.Use epochs) {
    super(name, -1, new Gpus(platform, preference, singleBlock, epochs, null));
  }

  /** Training steps as one cooperative kernel, without checks. */
  public static final class Epochs extends SimulatedProvider {
    static final String NAME = "cuda-simulated-epochs";

    /** Few multiprocessors, so that a kernel has few threads to simulate. */
    public Epochs() {
      super(
          NAME,
          SimulatedPlatform.standard().withMultiprocessors(8).withoutChecks(),
          Preference.KERNELS,
          WholeStepKernel.Use.NEVER,
          EpochKernel.Use.ALWAYS);
    }
  }

  /** The same without checks, for trainings. */
  public static final class Fast extends SimulatedProvider {
    static final String NAME = "cuda-simulated-fast";

    /** Only kernels; small trainings run as one block. */
    public Fast() {
      super(
          NAME,
          SimulatedPlatform.standard().withoutChecks(),
          Preference.KERNELS,
          WholeStepKernel.Use.TRAINING);
    }
  }
}
