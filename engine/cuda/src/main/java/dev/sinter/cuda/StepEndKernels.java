package dev.sinter.cuda;

import dev.sinter.cuda.Kernels.KernelSource;
import dev.sinter.program.Op;
import dev.sinter.program.Program;
import dev.sinter.program.State;
import java.util.List;

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

  /** Replaces the optimizer in a program that only computes gradients. */
  private static final String NO_UPDATE =
      """
      static __device__ __forceinline__ void updateState(
          const Position *, int, float *, int, int, int, int) {}
      """;

  /** The most result floats that one block collects while the others work. */
  private static final int MOST_RESULTS = 4096;

  private final Kernels kernels;
  private final KernelSource source;
  private final Op.StepEnd op;
  private final AddressMap places;
  private final ResultTable results;
  private final long position;

  StepEndKernels(
      Op.StepEnd op, AddressMap places, DeviceMemory memory, Kernels kernels, long position) {
    this.kernels = kernels;
    this.source = source(op.update());
    kernels.function(source); // loaded now, because a recording forbids it
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

  private List<Object> headArguments() {
    Op.DenseGradWeights gradient = op.gradient();
    if (gradient == null) {
      return List.of(0, 0L, 0L, 0, 0, 0, 0, 0);
    }
    int region = places.program().state().regionSize();
    int start = places.program().state().offsetOf(gradient.dWeights()) % region;
    int bias = places.program().state().offsetOf(gradient.dBias()) % region;
    return List.of(
        headBlocks(gradient),
        places.of(gradient.x()).address(),
        places.of(gradient.dz()).address(),
        gradient.dWeights().shape().rows(),
        gradient.dWeights().shape().columns(),
        start,
        bias,
        bias + gradient.dBias().shape().replicaStride());
  }

  private static KernelSource source(Op.Update update) {
    String generated =
        (update == null ? NO_UPDATE : ElementKernels.updateFunction(update.rule()))
            + """

            extern "C" __global__ void __launch_bounds__(256) endStep(
                const Position *position, int step, int gathered, int batch, float *x, int inputs, float *y, int labels,
                float *weight, float *count, const Result *results, int resultCount, int stepFloats, float *state,
                int region, int headBlocks, const float *headX, const float *headDz, int headInputs, int headUnits, int headStart, int headBias,
                int headEnd) {
              const int block = (int)blockIdx.x - gathered - 1, set = position->step + step;
              if (block < -1) {
                const int row = blockIdx.x;
                gatherRow(position, step + 1, 0, batch, row, x + (long long)row * inputs, inputs,
                          y == nullptr ? nullptr : y + (long long)row * labels, labels, weight, count,
                          threadIdx.x, blockDim.x);
              } else if (block == -1) {
                for (int i = 0; i < resultCount; i++) {
                  collectResult(position, step, results[i], stepFloats, 1, threadIdx.x, blockDim.x);
                }
              } else if (block < headBlocks) {
                const bool bias = block == headBlocks - 1;
                const int first = bias ? 0 : block * %1$s;
                const int from = bias ? headBias : headStart + first * headUnits, most = %1$s * headUnits;
                const int left = (bias ? headEnd : headBias) - from;
                headGradient<%1$s, %2$s>(bias ? nullptr : headX, headDz,
                                         state + region + (bias ? headBias : headStart), first, headInputs, headUnits,
                                         batch);
                __syncthreads();
                updateState(position, set, state + from, region, bias || left < most ? left : most, threadIdx.x,
                            blockDim.x);
              } else {
                const int thread = (block - headBlocks) * blockDim.x + threadIdx.x;
                const int threads = (gridDim.x - gathered - 1 - headBlocks) * blockDim.x;
                updateState(position, set, state, region, headStart, thread, threads);
                updateState(position, set, state + headEnd, region, region - headEnd, thread, threads);
              }
            }
            """
                .formatted(HEAD_ROWS, DenseLossKernels.MOST_UNITS);
    return KernelSource.of("endStep", generated, "flow", "gather", "head_gradient");
  }

  /**
   * Enqueues the kernel.
   *
   * @param gathers whether another step of the same graph follows
   */
  void enqueue(int step, boolean gathers) {
    Program program = places.program();
    DeviceValue x = places.of(op.next().x());
    DeviceValue y = places.of(op.next().y());
    int rows = gathers ? program.batch() : 0;
    int region = program.state().regionSize();
    int headBlocks = op.gradient() == null ? 0 : headBlocks(op.gradient());
    int updateBlocks = op.update() == null ? 0 : ElementKernels.blocks(region / 4);
    kernels
        .kernel(source, rows + 1 + headBlocks + updateBlocks, 1, BLOCK)
        .launch(
            List.of(position, step, rows, program.batch()),
            List.of(x.address(), x.columns(), y.address(), y.columns()),
            places.of(op.next().weight()).address(),
            places.of(op.next().count()).address(),
            List.of(results.address(), program.results().size(), program.resultSize()),
            List.of(places.state(), region),
            headArguments());
  }
}
