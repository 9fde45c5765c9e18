package dev.sinter.cuda;

import dev.sinter.backend.Precision;
import dev.sinter.cuda.CudaExecutable.Steps;
import dev.sinter.cuda.Kernels.KernelSource;
import dev.sinter.cuda.driver.Device;
import dev.sinter.cuda.driver.DeviceProperties;
import dev.sinter.cuda.driver.Launch;
import dev.sinter.program.Op;
import dev.sinter.program.Program;
import dev.sinter.program.UpdateRule;
import dev.sinter.program.Value;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The whole program of a small network as one kernel of one block, which runs many steps in one
 * launch: between steps, only results leave the multiprocessor.
 *
 * <p>For the launch, the regions of the state and the scratch arena move into shared memory, most
 * frequently used first, as long as there is room; the rest stays in global memory. The parameters
 * must fit.
 */
final class WholeStepKernel implements Op.Visitor {
  /** The programs that become one block. */
  enum Use {
    NEVER,
    /** Training steps that are too small to fill a device. */
    TRAINING,
    /** Every supported program; for tests. */
    ALWAYS
  }

  private static final int THREADS = 512;

  /** Shared memory declared by the operations, plus the part of each block that CUDA reserves. */
  private static final int STATIC_BYTES = 2560;

  /** From this number of terms, several lanes share a sum, each for SPLIT_ROWS rows. */
  private static final int LONG_SUM = 128;

  private static final int SPLIT = 8;
  private static final int SPLIT_ROWS = 4;

  /**
   * The most multiplications per step. Above it, one multiprocessor takes longer than launching all
   * kernels. A graph of 64 such steps stays far below 100 ms.
   */
  private static final long MOST_MULTIPLICATIONS = 1_000_000;

  private final Program program;
  private final AddressMap places;
  private final StringBuilder declarations = new StringBuilder();
  private final StringBuilder stores = new StringBuilder();
  private final StringBuilder body = new StringBuilder();
  private int sharedFloats;

  private WholeStepKernel(Program program, AddressMap places) {
    this.program = program;
    this.places = places;
  }

  /** Returns the steps of a program, or null if it must run kernel by kernel. */
  static Steps of(CudaBackend backend, AddressMap places, long position) {
    Program program = places.program();
    Device device = backend.gpu().device();
    Use use = backend.gpu().singleBlock();
    int room = room(device.properties());
    if (use == Use.NEVER
        || backend.library() != null
        || backend.precision() != Precision.FLOAT32
        || use == Use.TRAINING && program.simpleOps().stream().noneMatch(WholeStepKernel::trains)
        || !reason(program, device.properties()).isEmpty()) {
      return null;
    }
    WholeStepKernel block = new WholeStepKernel(program, places);
    long function = backend.gpu().kernels().function(block.source(room));
    int sharedBytes = block.sharedFloats * Float.BYTES;
    return (first, count) -> {
      List<Object> arguments = List.of(position, first, count, places.state(), places.scratch());
      device.launch(Launch.of(function).threads(THREADS).sharedBytes(sharedBytes).with(arguments));
    };
  }

  /** Returns the floats of shared memory. */
  private static int room(DeviceProperties device) {
    return (device.sharedBytesPerBlock() - STATIC_BYTES) / Float.BYTES;
  }

  /** Returns why one block cannot run a program; empty if it can. */
  static String reason(Program program, DeviceProperties device) {
    long work = program.ops().stream().mapToLong(Op::multiplications).sum();
    if (program.replicas() > 1) {
      return program.replicas() + " networks at once";
    } else if (program.state().regionSize() > room(device)) {
      return "%s parameters are more than %s, which fit into shared memory"
          .formatted(program.state().regionSize(), room(device));
    } else if (work > MOST_MULTIPLICATIONS) {
      return "%s multiplications are more than %s".formatted(work, MOST_MULTIPLICATIONS);
    }
    return program.simpleOps().stream().allMatch(WholeStepKernel::serves)
        ? ""
        : "an operation that it does not have";
  }

  /** Returns whether an operation occurs only in training, as gradients and updates do. */
  private static boolean trains(Op op) {
    return op instanceof Op.DenseGradWeights || op instanceof Op.Update;
  }

  /**
   * Returns whether one block supports an operation: no reductions, random numbers or sample
   * weights.
   */
  private static boolean serves(Op op) {
    return !(op instanceof Op.Reduce
        || op instanceof Op.RandomUniform
        || op instanceof Op.Gather gather && (gather.weight() != null || gather.count() != null)
        || op instanceof Op.CrossEntropy loss && (loss.weight() != null || loss.count() != null)
        || op instanceof Op.CountCorrect count && count.weight() != null);
  }

  private KernelSource source(int room) {
    int region = program.state().regionSize();
    // Parameters, scratch, gradients, slots: in descending order of reads per step.
    region("region0", "state", region, room);
    region("scratch", "arena", program.scratch().size(), room);
    for (int i = 1; i < UpdateRule.FIRST_SLOT + program.state().slotCount(); i++) {
      region("region" + i, "state + %sLL".formatted((long) i * region), region, room);
    }
    for (Op op : program.simpleOps()) {
      op.accept(this);
      line("__syncthreads();");
    }
    results();
    String generated =
        """
        extern "C" __global__ void __launch_bounds__(%s) singleBlock(
            const Position *run, int first, int steps, float *state, float *arena) {
          const Position here = *run; // does not change within a launch
          const Position *const position = &here;
          extern __shared__ __align__(16) float memory[];
          (void)memory;
        %s  __syncthreads();
          for (int step = first; step < first + steps; step++) {
        %s  }
        %s}
        """
            .formatted(THREADS, declarations, body, stores);
    return KernelSource.of("singleBlock", generated, "gather", "rows", "block");
  }

  /** Declares a pointer to a region, in shared memory if there is room. */
  private void region(String name, String global, int floats, int room) {
    if (floats > 0 && sharedFloats + floats <= room) {
      declarations.append("  float *const %s = memory + %s;\n".formatted(name, sharedFloats));
      boolean state = !global.equals("arena");
      if (state) {
        declarations.append("  blockCopy(%s, %s, %s);\n".formatted(name, global, floats));
        stores.append("  blockCopy(%s, %s, %s);\n".formatted(global, name, floats));
      }
      sharedFloats += floats;
    } else {
      declarations.append("  float *const %s = %s;\n".formatted(name, global));
    }
  }

  /** Returns the C++ expression for the address of a value; nullptr for null. */
  private String at(Value value) {
    if (value == null) {
      return "nullptr";
    }
    if (!value.kind().isState()) {
      return "scratch + " + program.scratch().offsets().get(value);
    }
    int offset = program.state().offsetOf(value);
    int region = program.state().regionSize();
    int regions = UpdateRule.FIRST_SLOT + program.state().slotCount();
    return offset >= regions * region // tracked
        ? "state + " + offset
        : "region" + offset / region + " + " + offset % region;
  }

  @Override
  public void gather(Op.Gather op) {
    int inputs = op.x().shape().columns();
    int labels = op.y() == null ? 0 : op.y().shape().columns();
    String sizes = "position, step, " + program.batch();
    line("blockGather(%s, %s, %s, %s, %s);", sizes, at(op.x()), inputs, at(op.y()), labels);
  }

  /**
   * Calls a function of rows.cu: each value, or null, becomes an address and a replica stride of 0.
   */
  private void rows(String function, Object... arguments) {
    String list =
        Arrays.stream(arguments)
            .map(a -> a == null || a instanceof Value ? at((Value) a) + ", 0" : a.toString())
            .collect(Collectors.joining(", "));
    line("%s(%s);", function, list);
  }

  @Override
  public void softmax(Op.Softmax op) {
    int columns = op.z().shape().columns();
    rows("softmax<" + Translator.lanes(columns) + ">", op.z(), op.p(), program.batch(), columns);
  }

  @Override
  public void crossEntropy(Op.CrossEntropy op) {
    String function = "crossEntropy<" + Translator.crossEntropyArguments(op) + ">";
    String rest = program.batch() + ", " + op.z().shape().columns() + ", nullptr, nullptr";
    rows(function, op.z(), op.y(), null, null, op.dz(), op.loss(), op.correct(), rest);
  }

  @Override
  public void countCorrect(Op.CountCorrect op) {
    int columns = op.scores().shape().columns();
    String threshold = CudaExpression.literal((float) op.threshold());
    String rest = program.batch() + ", " + columns + ", nullptr, nullptr";
    rows(
        "countCorrect<%s, %s>"
            .formatted(Translator.lanes(columns), Translator.accuracy(op.accuracy())),
        op.scores(),
        op.y(),
        null,
        threshold,
        op.correct(),
        rest);
  }

  @Override
  public void reduce(Op.Reduce op) {
    throw never(op);
  }

  @Override
  public void randomUniform(Op.RandomUniform op) {
    throw never(op);
  }

  private static IllegalStateException never(Op op) {
    return new IllegalStateException("a program with " + op + " is never one block");
  }

  private void line(String text, Object... arguments) {
    body.append("    ").append(text.formatted(arguments)).append('\n');
  }

  @Override
  public void dense(Op.Dense op) {
    int units = op.output().shape().columns();
    int inputs = op.x().shape().columns();
    int columns = columnsPerThread(units);
    boolean splits =
        program.batch() % SPLIT_ROWS == 0 // whole warps work: 32 items per column tile
            && inputs % 4 == 0
            && inputs >= LONG_SUM
            && program.batch() / SPLIT_ROWS * (units / columns) * SPLIT % 32 == 0;
    String function =
        splits
            ? "blockDenseSplit<%s, %s, %s, %s, %s, %s>"
                .formatted(program.batch(), units, inputs, SPLIT_ROWS, columns, SPLIT)
            : "blockDense<%s, %s, %s, %s>"
                .formatted(program.batch(), units, inputs, rowsPerThread(units));
    String bias = op.bias() == null ? "" : " + (" + at(op.bias()) + ")[column]";
    String a = CudaExpression.of(op.activation().forward(), "z");
    line(
        "%s(%s, %s, [&](int row, int column, float sum) {", function, at(op.x()), at(op.weights()));
    line("  const float z = sum%s;", bias);
    line("  (%s)[row * %s + column] = %s;", at(op.output()), units, a);
    line("});");
  }

  /** Returns the most rows per thread (4, 2 or 1) that still keeps half of the threads busy. */
  private int rowsPerThread(int units) {
    for (int rows = 4; rows > 1; rows /= 2) {
      if ((long) program.batch() / rows * units >= THREADS / 2) {
        return rows;
      }
    }
    return 1;
  }

  /** Returns the columns per thread: each loaded operand is used for that number of sums. */
  private static int columnsPerThread(int units) {
    for (int columns = 5; columns > 1; columns--) {
      if (units % columns == 0) {
        return columns;
      }
    }
    return 1;
  }

  @Override
  public void denseGradWeights(Op.DenseGradWeights op) {
    int inputs = op.x().shape().columns();
    int units = op.dz().shape().columns();
    int columns = (long) inputs / 4 * units >= 2L * THREADS ? columnsPerThread(units) : 1;
    String sizes = "%s, %s, %s, %s".formatted(program.batch(), inputs, units, columns);
    String operands = at(op.x()) + ", " + at(op.dz());
    line("blockGradWeights<%s>(%s, %s);", sizes, operands, at(op.dWeights()));
    if (op.dBias() != null) {
      line("blockColumnSums<%s, %s>(%s, %s);", program.batch(), units, at(op.dz()), at(op.dBias()));
    }
  }

  @Override
  public void denseGradInput(Op.DenseGradInput op) {
    int inputs = op.dx().shape().columns();
    String sizes = program.batch() + ", " + inputs + ", " + op.dz().shape().columns();
    String operands = at(op.dz()) + ", " + at(op.weights());
    line("blockGradInput<%s>(%s, [&](int row, int column, float sum) {", sizes, operands);
    if (op.a() != null) {
      line("  const float a = (%s)[row * %s + column];", at(op.a()), inputs);
      line("  sum *= %s;", CudaExpression.of(op.activation().derivative(), "a"));
    }
    line("  (%s)[row * %s + column] = sum;", at(op.dx()), inputs);
    line("});");
  }

  @Override
  public void elementwise(Op.Elementwise op) {
    int size = op.output().shape().size();
    int columns = op.output().shape().columns();
    line("for (int i = threadIdx.x; i < %s; i += blockDim.x) {", size);
    line("  const int row = i / %s, column = i %% %1$s; (void)row; (void)column;", columns);
    for (int i = 0; i < op.operands().size(); i++) {
      Value operand = op.operands().get(i);
      String row = operand.shape().rows() == 1 ? "0" : "row * " + operand.shape().columns();
      String column = operand.shape().columns() == 1 ? "0" : "column";
      line("  const float x%s = (%s)[%s + %s];", i, at(operand), row, column);
    }
    String value = new CudaExpression(i -> "x" + i).write(op.expression());
    line("  (%s)[i] = %s;", at(op.output()), value);
    line("}");
  }

  @Override
  public void update(Op.Update op) {
    UpdateRule rule = op.rule();
    int inputs = UpdateRule.FIRST_SLOT + rule.slots().size();
    int scalars = rule.scalars().size();
    line("{");
    for (int i = 0; i < scalars; i++) {
      line(
          "  const float s%s = position->scalars[(position->step + step) * %s + %s];",
          i, scalars, i);
    }
    line("  for (int i = threadIdx.x; i < %s; i += blockDim.x) {", program.state().regionSize());
    for (int i = 0; i < inputs; i++) {
      line("    float v%s = region%s[i];", i, i);
    }
    body.append(new CudaExpression(i -> "v" + i).write(rule));
    for (int i = 0; i < inputs; i++) {
      if (i != UpdateRule.GRADIENT) {
        line("    region%s[i] = v%s;", i, i);
      }
    }
    line("  }");
    line("}");
  }

  /** Packs the results of a step, value by value; those of the next step follow. */
  private void results() {
    int start = 0;
    for (Value result : program.results()) {
      int size = result.shape().size();
      line("for (int i = threadIdx.x; i < %s; i += blockDim.x) {", size);
      line(
          "  position->results[(long long)(position->step + step) * %s + %s + i] = (%s)[i];",
          program.resultSize(), start, at(result));
      line("}");
      start += size;
    }
    line("__syncthreads();");
  }
}
