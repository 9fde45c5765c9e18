package dev.sinter.cuda;

import dev.sinter.cuda.Kernels.KernelSource;
import dev.sinter.cuda.driver.Device;
import dev.sinter.cuda.driver.Launch;
import dev.sinter.program.Op;
import dev.sinter.program.Program;
import dev.sinter.program.State;
import dev.sinter.program.UpdateRule;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The end of a step and the beginning of the next as one kernel: the optimizer, the results, and
 * the rows of the next batch. None of them needs another.
 *
 * <p>One block a row gathers, the next one collects, some compute the gradient of a head and update
 * its parameters, the others update the rest.
 */
final class StepEnd {
  private static final int BLOCK = 256;

  /** Rows of a head's weights a block. */
  private static final int HEAD_ROWS = 8;

  /** Above so many rows of a batch, the gradient of a head is a product of its own. */
  private static final int MOST_HEAD_BATCH = 256;

  /** Floats of results that one block collects beside the others. */
  private static final int MOST_RESULTS = 4096;

  private final Device device;
  private final long function;
  private final Place x;
  private final Place y;
  private final Op.DenseGradWeights headGradient; // null where it is not computed here
  private final List<Object> headArguments;
  private final int headBlocks;
  private final ResultTable results;
  private final Program program;
  private final long state;
  private final long position;

  private StepEnd(
      Places places,
      DeviceMemory memory,
      long function,
      Op.Gather gather,
      Op.DenseGradWeights headGradient,
      long position) {
    this.device = memory.device();
    this.function = function;
    this.x = places.of(gather.x());
    this.y = places.of(gather.y());
    this.headGradient = headGradient;
    this.headBlocks = headGradient == null ? 0 : headBlocks(headGradient);
    this.headArguments = headArguments(places, headGradient);
    this.results = ResultTable.of(places, memory);
    this.program = places.program();
    this.state = places.state();
    this.position = position;
  }

  /**
   * Returns how the steps of a program end; null where they do otherwise: only a training of one
   * network, whose results are few and do not lie where the next batch goes, ends so.
   *
   * @param head may be null
   */
  static StepEnd of(Places places, DeviceMemory memory, Kernels kernels, Head head, long position) {
    Program program = places.program();
    List<Op> ops = program.ops();
    boolean fits =
        program.replicas() == 1
            && ops.stream().filter(Op.Update.class::isInstance).count() == 1
            && ops.get(0) instanceof Op.Gather
            && ops.get(ops.size() - 1) instanceof Op.Update
            && !program.results().isEmpty()
            && program.resultSize() <= MOST_RESULTS;
    if (!fits) {
      return null;
    }
    Op.Gather gather = (Op.Gather) ops.get(0);
    if (!gather.outputs().stream().allMatch(value -> places.apart(value, program.results()))) {
      return null;
    }
    UpdateRule rule = ((Op.Update) ops.get(ops.size() - 1)).rule();
    return new StepEnd(
        places,
        memory,
        kernels.function(source(rule)),
        gather,
        head == null ? null : headGradient(places, head),
        position);
  }

  /** Returns the gradient of a head's parameters, where it is little work; else null. */
  private static Op.DenseGradWeights headGradient(Places places, Head head) {
    return places.program().batch() > MOST_HEAD_BATCH
        ? null
        : places.program().ops().stream()
            .filter(Op.DenseGradWeights.class::isInstance)
            .map(Op.DenseGradWeights.class::cast)
            .filter(op -> op.dz().equals(head.loss().dz()) && op.x().equals(head.dense().x()))
            .filter(op -> neighbours(places.program().state(), op) && planned(places, op))
            .findFirst()
            .orElse(null);
  }

  private static boolean neighbours(State state, Op.DenseGradWeights op) {
    return op.dBias() != null
        && state.offsetOf(op.dBias())
            == state.offsetOf(op.dWeights()) + op.dWeights().shape().replicaStride();
  }

  /**
   * Returns whether the program allows it: nobody reads the gradient before, and what it is made of
   * is read at the step's end, beside the next gather, so nothing may have been written there
   * since.
   */
  private static boolean planned(Places places, Op.DenseGradWeights op) {
    List<Op> ops = places.program().ops();
    if (ops.stream().anyMatch(each -> each.inputs().stream().anyMatch(op.outputs()::contains))) {
      return false;
    }
    return Stream.concat(Stream.of(ops.get(0)), ops.subList(ops.indexOf(op), ops.size()).stream())
        .flatMap(each -> each.outputs().stream())
        .allMatch(value -> places.apart(value, List.of(op.x(), op.dz())));
  }

  /** A block for so many rows of weights, and one for the bias. */
  private static int headBlocks(Op.DenseGradWeights gradient) {
    return (gradient.dWeights().shape().rows() + HEAD_ROWS - 1) / HEAD_ROWS + 1;
  }

  private static List<Object> headArguments(Places places, Op.DenseGradWeights gradient) {
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

  /** Returns whether an operation is done here, at the end of the step. */
  boolean includes(Op op) {
    return op instanceof Op.Gather || op instanceof Op.Update || op.equals(headGradient);
  }

  private static KernelSource source(UpdateRule rule) {
    String generated =
        ElementKernels.updateFunction(rule)
            + """

            extern "C" __global__ void __launch_bounds__(256) endStep(
                const Position *position, int step, int gathered, int batch, float *x, int inputs, float *y, int labels,
                const Result *results, int resultCount, int stepFloats, float *state, int region, int headBlocks,
                const float *headX, const float *headDz, int headInputs, int headUnits, int headStart, int headBias,
                int headEnd) {
              const int block = (int)blockIdx.x - gathered - 1, set = position->step + step;
              if (block < -1) {
                const int row = blockIdx.x;
                gatherRow(position, step + 1, 0, batch, row, x + (long long)row * inputs, inputs,
                          y == nullptr ? nullptr : y + (long long)row * labels, labels, threadIdx.x, blockDim.x);
              } else if (block == -1) {
                for (int i = 0; i < resultCount; i++) {
                  collectResult(position, step, results[i], stepFloats, 1, threadIdx.x, blockDim.x);
                }
              } else if (block < headBlocks) {
                const bool bias = block == headBlocks - 1;
                const int first = bias ? 0 : block * %1$d;
                const int from = bias ? headBias : headStart + first * headUnits, most = %1$d * headUnits;
                const int left = (bias ? headEnd : headBias) - from;
                headGradient<%1$d, %2$d>(bias ? nullptr : headX, headDz,
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
                .formatted(HEAD_ROWS, Head.MOST_UNITS);
    return KernelSource.of("endStep", generated, "flow", "gather", "head_gradient");
  }

  /**
   * Enqueues it.
   *
   * @param gathers whether a step of the same graph follows
   */
  void enqueue(int step, boolean gathers) {
    int rows = gathers ? program.batch() : 0;
    int region = program.state().regionSize();
    int updateBlocks = ElementKernels.blocks(region / 4);
    List<Object> arguments = new ArrayList<>(List.of(position, step, rows, program.batch()));
    arguments.addAll(List.of(x.address(), x.columns(), y.address(), y.columns()));
    arguments.addAll(List.of(results.address(), program.results().size(), program.resultSize()));
    arguments.addAll(List.of(state, region));
    arguments.addAll(headArguments);
    device.launch(
        new Launch(function, rows + 1 + headBlocks + updateBlocks, 1, 1, BLOCK, 0, arguments));
  }
}
