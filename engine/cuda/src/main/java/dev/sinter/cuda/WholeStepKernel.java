package dev.sinter.cuda;

import dev.sinter.backend.Precision;
import dev.sinter.cuda.CudaExecutable.Steps;
import dev.sinter.cuda.driver.Device;
import dev.sinter.cuda.driver.DeviceProperties;
import dev.sinter.cuda.driver.Launch;
import dev.sinter.cuda.driver.Struct;
import dev.sinter.cuda.kernel.AddressMap;
import dev.sinter.cuda.kernel.CudaExpression;
import dev.sinter.cuda.kernel.ElementKernels;
import dev.sinter.cuda.kernel.GeneratedCode;
import dev.sinter.cuda.kernel.KernelSource;
import dev.sinter.program.Op;
import dev.sinter.program.Program;
import dev.sinter.program.UpdateRule;
import dev.sinter.program.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

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
  private final List<String> names = new ArrayList<>(); // of the regions
  private final List<String> addresses = new ArrayList<>();
  private final StringBuilder loads = new StringBuilder();
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
    KernelSource source = block.source(room);
    Launch launch =
        backend
            .gpu()
            .kernels()
            .launch(source)
            .threads(THREADS)
            .sharedBytes(block.sharedFloats * Float.BYTES);
    return (first, count) ->
        device.launch(
            launch.with(
                new Struct() // struct WholeStepArguments
                    .pointer(position)
                    .integer(first)
                    .integer(count)
                    .pointer(places.state())
                    .pointer(places.scratch())));
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
   * Returns whether one block supports an operation: no reductions, images, random numbers or
   * sample weights.
   */
  private static boolean serves(Op op) {
    return !(op instanceof Op.Reduce
        || op instanceof Op.RandomUniform
        || op instanceof Op.Reshape
        || op instanceof Op.Slice
        || op instanceof Op.Concatenate
        || op instanceof Op.Pool
        || op instanceof Op.PoolGrad
        || op instanceof Op.Patches
        || op instanceof Op.PatchesGrad
        || op instanceof Op.Gather gather && (gather.weight() != null || gather.count() != null)
        || op instanceof Op.CrossEntropy loss && (loss.weight() != null || loss.count() != null)
        || op instanceof Op.CountCorrect count && count.weight() != null);
  }

  private KernelSource source(int room) {
    int region = program.state().regionSize();
    // Parameters, scratch, gradients, slots: in descending order of reads per step.
    region("region0", "state", region, room);
    region("arena", "scratch", program.scratch().size(), room);
    for (int i = 1; i < UpdateRule.FIRST_SLOT + program.state().slotCount(); i++) {
      region("region" + i, "state + %sLL".formatted((long) i * region), region, room);
    }
    for (Op op : program.simpleOps()) {
      op.accept(this);
      line("__syncthreads();");
    }
    results();
    GeneratedCode generated =
        ElementKernels.optimizer(program.rule())
            .constant("THREADS", THREADS)
            .line("struct Regions {\n  float *" + String.join(", *", names) + ";\n};")
            .function(
                "Regions regionsOf(float *state, float *scratch, float *shared)",
                "  return {" + String.join(", ", addresses) + "};")
            .function("void load(const Regions &regions, const float *state)", loads.toString())
            .function("void store(const Regions &regions, float *state)", stores.toString())
            .function(
                "void runStep(\n    const Position *position, int step, const Regions &regions,"
                    + " float *state)",
                body.toString());
    return KernelSource.of("whole_step.cu", "wholeStep", generated);
  }

  /** Declares a pointer to a region, in shared memory if there is room. */
  private void region(String name, String global, int floats, int room) {
    names.add(name);
    if (floats > 0 && sharedFloats + floats <= room) {
      addresses.add("shared + " + sharedFloats);
      if (!name.equals("arena")) {
        loads.append("  blockCopy(regions.%s, %s, %s);\n".formatted(name, global, floats));
        stores.append("  blockCopy(%s, regions.%s, %s);\n".formatted(global, name, floats));
      }
      sharedFloats += floats;
    } else {
      addresses.add(global);
    }
  }

  /** Returns the C++ expression for the address of a value; nullptr for null. */
  private String at(Value value) {
    if (value == null) {
      return "nullptr";
    }
    if (!value.kind().isState()) {
      return "regions.arena + " + program.scratch().offsets().get(value);
    }
    int offset = program.state().offsetOf(value);
    int region = program.state().regionSize();
    int regions = UpdateRule.FIRST_SLOT + program.state().slotCount();
    return offset >= regions * region // tracked
        ? "state + " + offset
        : "regions.region" + offset / region + " + " + offset % region;
  }

  @Override
  public void gather(Op.Gather op) {
    line(
        "blockGather(position, step, %s, {%s, %s, %s, %s});",
        program.batch(), value(op.x()), value(op.y()), value(op.weight()), value(op.count()));
  }

  /** Returns a {@code struct DeviceValue} of the only replica. */
  private String value(Value value) {
    return "{%s, 0, %s}".formatted(at(value), value == null ? 0 : value.shape().columns());
  }

  /** Calls a function of rows.cu with its struct: values, then the rest. */
  private void rows(String function, Stream<Value> values, String rest) {
    String list = values.map(this::value).collect(Collectors.joining(", "));
    line("%s({%s, %s});", function, list, rest);
  }

  @Override
  public void softmax(Op.Softmax op) {
    int lanes = Translator.lanes(op.z().shape().columns());
    rows("softmaxOf<" + lanes + ">", Stream.of(op.z(), op.p()), "" + program.batch());
  }

  @Override
  public void crossEntropy(Op.CrossEntropy op) {
    int lanes = Translator.lanes(op.z().shape().columns());
    String kind = GeneratedCode.name(op.kind());
    rows(
        "crossEntropyOf<%s, %s, %s>".formatted(lanes, kind, GeneratedCode.accuracy(op)),
        Stream.of(op.z(), op.y(), op.weight(), op.count(), op.dz(), op.loss(), op.correct()),
        program.batch() + ", {nullptr, nullptr}"); // one block needs no workspace
  }

  @Override
  public void countCorrect(Op.CountCorrect op) {
    int lanes = Translator.lanes(op.scores().shape().columns());
    String threshold = CudaExpression.literal((float) op.threshold());
    rows(
        "countCorrectOf<%s, %s>".formatted(lanes, GeneratedCode.name(op.accuracy())),
        Stream.of(op.scores(), op.y(), op.weight(), op.correct()),
        threshold + ", " + program.batch() + ", {nullptr, nullptr}");
  }

  @Override
  public void reduce(Op.Reduce op) {
    throw never(op);
  }

  @Override
  public void reshape(Op.Reshape op) {
    throw never(op);
  }

  @Override
  public void slice(Op.Slice op) {
    throw never(op);
  }

  @Override
  public void concatenate(Op.Concatenate op) {
    throw never(op);
  }

  @Override
  public void randomUniform(Op.RandomUniform op) {
    throw never(op);
  }

  @Override
  public void pool(Op.Pool op) {
    throw never(op);
  }

  @Override
  public void poolGrad(Op.PoolGrad op) {
    throw never(op);
  }

  @Override
  public void patches(Op.Patches op) {
    throw never(op);
  }

  @Override
  public void patchesGrad(Op.PatchesGrad op) {
    throw never(op);
  }

  private static IllegalStateException never(Op op) {
    return new IllegalStateException("a program with " + op + " is never one block");
  }

  private void line(String text, Object... arguments) {
    body.append("  ").append(text.formatted(arguments)).append('\n');
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
    int regions = UpdateRule.FIRST_SLOT + op.rule().slots().size();
    int scalars = op.rule().scalars().size();
    line("{");
    line("  float scalars[%s];", Math.max(1, scalars));
    for (int i = 0; i < scalars; i++) {
      line("  scalars[%s] = position->scalars[(position->step + step) * %s + %s];", i, scalars, i);
    }
    line("  for (int i = threadIdx.x; i < %s; i += blockDim.x) {", program.state().regionSize());
    line(
        "    float values[] = {%s};",
        IntStream.range(0, regions)
            .mapToObj(i -> "regions.region" + i + "[i]")
            .collect(Collectors.joining(", ")));
    line("    updateElement(values, scalars);");
    for (int i = 0; i < regions; i++) {
      if (i != UpdateRule.GRADIENT) {
        line("    regions.region%s[i] = values[%s];", i, i);
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
