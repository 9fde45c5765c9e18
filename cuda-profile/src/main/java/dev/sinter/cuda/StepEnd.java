package dev.sinter.cuda;

import dev.sinter.cuda.Kernels.KernelSource;
import dev.sinter.cuda.driver.Device;
import dev.sinter.cuda.driver.Launch;
import dev.sinter.program.Op;
import dev.sinter.program.Program;
import dev.sinter.program.UpdateRule;
import java.util.List;

/**
 * The end of a step and the beginning of the next as one kernel: the optimizer, the results, and
 * the rows of the next batch. None of them needs another.
 *
 * <p>One block a row gathers, the next one collects, the others update.
 */
final class StepEnd {
  private static final int BLOCK = 256;
  private static final int MOST_UPDATE_BLOCKS = 2048;

  /** Floats of results that one block collects beside the others. */
  private static final int MOST_RESULTS = 4096;

  private final Device device;
  private final long function;
  private final Place x;
  private final Place y;
  private final ResultTable results;
  private final Program program;
  private final long state;
  private final long position;

  private StepEnd(
      Places places, DeviceMemory memory, long function, Op.Gather gather, long position) {
    this.device = memory.device();
    this.function = function;
    this.x = places.of(gather.x());
    this.y = places.of(gather.y());
    this.results = ResultTable.of(places, memory);
    this.program = places.program();
    this.state = places.state();
    this.position = position;
  }

  /**
   * Returns how the steps of a program end; null where they do otherwise: only a training of one
   * network, whose results are few and do not lie where the next batch goes, ends so.
   */
  static StepEnd of(Places places, DeviceMemory memory, Kernels kernels, long position) {
    Program program = places.program();
    List<Op> ops = program.ops();
    boolean fits =
        program.replicas() == 1
            && ops.get(0) instanceof Op.Gather
            && ops.get(ops.size() - 1) instanceof Op.Update
            && !program.results().isEmpty()
            && program.resultSize() <= MOST_RESULTS;
    if (!fits) {
      return null;
    }
    Op.Gather gather = (Op.Gather) ops.get(0);
    boolean apart =
        gather.outputs().stream()
            .noneMatch(
                value ->
                    program.results().stream().anyMatch(result -> places.overlap(value, result)));
    UpdateRule rule = ((Op.Update) ops.get(ops.size() - 1)).rule();
    return apart
        ? new StepEnd(places, memory, kernels.function(source(rule)), gather, position)
        : null;
  }

  private static KernelSource source(UpdateRule rule) {
    String generated =
        ElementKernels.updateFunction(rule)
            + """

            extern "C" __global__ void __launch_bounds__(256) endStep(
                const Position *position, int step, int gathered, int batch, float *x, int inputs, float *y, int labels,
                const Result *results, int resultCount, int stepFloats, float *state, int region) {
              const int block = (int)blockIdx.x - gathered - 1;
              if (block < -1) {
                const int row = blockIdx.x;
                gatherRow(position, step + 1, 0, batch, row, x + (long long)row * inputs, inputs,
                          y == nullptr ? nullptr : y + (long long)row * labels, labels, threadIdx.x, blockDim.x);
              } else if (block == -1) {
                for (int i = 0; i < resultCount; i++) {
                  collectResult(position, step, results[i], stepFloats, 1, threadIdx.x, blockDim.x);
                }
              } else {
                updateState(position, position->step + step, state, region, region, block * blockDim.x + threadIdx.x,
                            (gridDim.x - gathered - 1) * blockDim.x);
              }
            }
            """;
    return KernelSource.of("endStep", generated, "flow", "gather");
  }

  /**
   * Enqueues it.
   *
   * @param gathers whether a step of the same graph follows
   */
  void enqueue(int step, boolean gathers) {
    int rows = gathers ? program.batch() : 0;
    int region = program.state().regionSize();
    int updateBlocks = Math.max(1, Math.min(MOST_UPDATE_BLOCKS, (region / 4 + BLOCK - 1) / BLOCK));
    device.launch(
        new Launch(
            function,
            rows + 1 + updateBlocks,
            1,
            1,
            BLOCK,
            0,
            List.of(
                position,
                step,
                rows,
                program.batch(),
                x.address(),
                x.columns(),
                y.address(),
                y.columns(),
                results.address(),
                program.results().size(),
                program.resultSize(),
                state,
                region)));
  }
}
