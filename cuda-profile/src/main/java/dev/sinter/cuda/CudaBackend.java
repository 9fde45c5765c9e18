package dev.sinter.cuda;

import dev.sinter.backend.Backend;
import dev.sinter.backend.Session;
import dev.sinter.cuda.driver.Device;
import dev.sinter.cuda.driver.NeuralOps;
import dev.sinter.program.State;
import java.util.Map;

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

  Lowering lowering(DeviceMemory memory, Workspace workspace, Places places, long position) {
    return new Lowering(
        memory, gpu.kernels(), gpu.chooser(), library, precision, workspace, places, position);
  }
}
