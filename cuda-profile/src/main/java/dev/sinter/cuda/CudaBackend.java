package dev.sinter.cuda;

import dev.sinter.backend.Backend;
import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.Session;
import dev.sinter.cuda.CudaExecutable.Steps;
import dev.sinter.cuda.driver.Device;
import dev.sinter.cuda.driver.NeuralOps;
import dev.sinter.program.State;
import java.util.Map;
import java.util.function.Supplier;

/** One GPU with its kernels and libraries. */
final class CudaBackend implements Backend {
  private final String name;
  private final String description;
  private final Gpu gpu;
  private final NeuralOps library;
  private final String precision;

  /**
   * Creates the backend.
   *
   * @param description of the device, for people
   * @param library cuDNN where it was asked for, or null
   */
  CudaBackend(String name, String description, Gpu gpu, NeuralOps library, String precision) {
    this.name = name;
    this.description = description;
    this.gpu = gpu;
    this.library = library;
    this.precision = precision;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String device() {
    return description;
  }

  /** One: the host only enqueues. */
  @Override
  public int threads() {
    return 1;
  }

  @Override
  public String precision() {
    return precision;
  }

  @Override
  public Session open(State state) {
    return new CudaSession(this, state);
  }

  @Override
  public Map<String, String> choices() {
    return gpu.choices().used();
  }

  Device gpu() {
    return gpu.device();
  }

  Kernels kernels() {
    return gpu.kernels();
  }

  /** Translates a program: into one kernel where it is small enough, else kernel by kernel. */
  Supplier<Steps> lower(DeviceMemory memory, Workspace workspace, Places places, long position) {
    boolean plain = library == null && precision.equals(BackendOptions.FLOAT32);
    Steps block =
        SingleBlock.of(
            plain ? gpu.singleBlock() : SingleBlock.Use.NEVER,
            places,
            gpu.device(),
            gpu.kernels(),
            position);
    return block != null
        ? () -> block
        : new Lowering(
                memory,
                gpu.kernels(),
                gpu.chooser(),
                library,
                precision,
                workspace,
                places,
                position)
            .lower();
  }
}
