package dev.sinter.cuda;

import dev.sinter.cuda.driver.Device;
import dev.sinter.cuda.driver.Launch;
import dev.sinter.cuda.driver.Struct;
import dev.sinter.cuda.kernel.AddressMap;
import dev.sinter.cuda.kernel.DeviceMemory;
import dev.sinter.cuda.kernel.DeviceValue;
import dev.sinter.cuda.kernel.ElementKernels;
import dev.sinter.cuda.kernel.GeneratedCode;
import dev.sinter.cuda.kernel.KernelSource;
import dev.sinter.cuda.kernel.Kernels;
import dev.sinter.program.Op;
import dev.sinter.program.Program;
import dev.sinter.program.State;

/**
 * The end of a step and the beginning of the next as one kernel: the optimizer, the results, and
 * the rows of the next batch. They are independent.
 *
 * <p>One block per row gathers, the next block collects the results, some blocks compute the
 * gradient of a head and update its parameters, and the others update the rest.
 */
final class StepEndKernels {
  private static final int BLOCK = 256;

  /** Rows of the weights of a head per block. */
  private static final int HEAD_ROWS = 8;

  /** The most rows of a batch; above it, the gradient of a head is a separate product. */
  private static final int MOST_HEAD_BATCH = 256;

  /** The most result floats that one block collects while the others work. */
  private static final int MOST_RESULTS = 4096;

  private final Device device;
  private final Launch launch;
  private final Op.StepEnd op;
  private final AddressMap places;
  private final ResultTable results;
  private final long position;

  StepEndKernels(
      Op.StepEnd op, AddressMap places, DeviceMemory memory, Kernels kernels, long position) {
    GeneratedCode generated =
        ElementKernels.optimizer(op.update() == null ? null : op.update().rule())
            .constant("HEAD_ROWS", HEAD_ROWS)
            .constant("HEAD_UNITS", DenseLossKernels.MOST_UNITS);
    this.device = kernels.device();
    this.launch =
        kernels.launch(KernelSource.of("step_end.cu", "stepEnd", generated)).threads(BLOCK);
    this.op = op;
    this.places = places;
    this.results = ResultTable.of(places, memory);
    this.position = position;
  }

  /** Returns whether one kernel can end the step: a single network with few results. */
  static boolean fits(Op.StepEnd op, State state, int resultSize) {
    boolean few = state.replicas() == 1 && resultSize > 0 && resultSize <= MOST_RESULTS;
    Op.DenseGradWeights gradient = op.gradient();
    return few
        && (gradient == null
            || gradient.x().shape().rows() <= MOST_HEAD_BATCH
                && gradient.dz().shape().columns() <= DenseLossKernels.MOST_UNITS
                && gradient.dBias() != null // directly after its weights: one stretch to update
                && state.offsetOf(gradient.dBias())
                    == state.offsetOf(gradient.dWeights())
                        + gradient.dWeights().shape().replicaStride());
  }

  /** Returns the blocks of the head: one per HEAD_ROWS rows of weights, and one for the bias. */
  private static int headBlocks(Op.DenseGradWeights gradient) {
    return (gradient.dWeights().shape().rows() + HEAD_ROWS - 1) / HEAD_ROWS + 1;
  }

  /** Writes the fields of the head. */
  private void writeHead(Struct struct) {
    Op.DenseGradWeights gradient = op.gradient();
    if (gradient == null) {
      struct.integer(0).nested(DeviceValue.NONE, DeviceValue.NONE).integer(0).integer(0).integer(0);
      return;
    }
    State state = places.program().state();
    int bias = state.offsetOf(gradient.dBias()) % state.regionSize();
    struct
        .integer(headBlocks(gradient))
        .nested(places.of(gradient.x()), places.of(gradient.dz()))
        .integer(state.offsetOf(gradient.dWeights()) % state.regionSize())
        .integer(bias)
        .integer(bias + gradient.dBias().shape().replicaStride());
  }

  /**
   * Enqueues the kernel.
   *
   * @param gathers whether another step of the same graph follows
   */
  void enqueue(int step, boolean gathers) {
    Program program = places.program();
    int rows = gathers ? program.batch() : 0;
    int region = program.state().regionSize();
    int headBlocks = op.gradient() == null ? 0 : headBlocks(op.gradient());
    int updateBlocks = op.update() == null ? 0 : ElementKernels.blocks(region / 4);
    Struct arguments = // struct StepEndArguments
        new Struct()
            .pointer(position)
            .integer(step)
            .integer(program.batch())
            .integer(rows)
            .nested(places.batch(op.next()))
            .pointer(results.address())
            .integer(program.results().size())
            .integer(program.resultSize())
            .pointer(places.state())
            .integer(region);
    writeHead(arguments);
    device.launch(launch.grid(rows + 1 + headBlocks + updateBlocks, 1, 1).with(arguments));
  }
}
