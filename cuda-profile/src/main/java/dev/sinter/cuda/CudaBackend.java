package dev.sinter.cuda;

import dev.sinter.backend.Backend;
import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.Session;
import dev.sinter.cuda.CudaExecutable.Steps;
import dev.sinter.cuda.driver.Device;
import dev.sinter.cuda.driver.NeuralOps;
import dev.sinter.program.Fusion;
import dev.sinter.program.Op;
import dev.sinter.program.Program;
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

  /** One kernel for a narrow last layer with its loss, and one for what ends a step. */
  @Override
  public Fusion fusion() {
    return (candidate, state, resultSize) ->
        candidate instanceof Op.DenseLoss loss
            ? library == null && new Head(loss).fits()
            : candidate instanceof Op.StepEnd end && StepEnd.fits(end, state, resultSize);
  }

  @Override
  public String execution(Program program) {
    boolean block = block(new Places(program, 0, 0), 0) != null;
    return block ? "one kernel of one block, up to 64 steps a launch" : "";
  }

  /** Translates a program: into one kernel where it is small enough, else kernel by kernel. */
  Steps lower(DeviceMemory memory, Workspace workspace, Places places, long position) {
    Steps block = block(places, position);
    return block != null
        ? block
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

  private Steps block(Places places, long position) {
    boolean plain = library == null && precision.equals(BackendOptions.FLOAT32);
    SingleBlock.Use use = plain ? gpu.singleBlock() : SingleBlock.Use.NEVER;
    return SingleBlock.of(use, places, gpu.device(), gpu.kernels(), position);
  }
}
