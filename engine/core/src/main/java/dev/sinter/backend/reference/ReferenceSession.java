package dev.sinter.backend.reference;

import dev.sinter.backend.Chunk;
import dev.sinter.backend.Executable;
import dev.sinter.backend.Feed;
import dev.sinter.backend.Resident;
import dev.sinter.backend.Session;
import dev.sinter.data.Tensor;
import dev.sinter.program.Op;
import dev.sinter.program.Philox;
import dev.sinter.program.Program;
import dev.sinter.program.State;
import dev.sinter.program.Value;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** State and scratch as Java arrays; each step interprets the operations one by one. */
final class ReferenceSession implements Session {
  private final float[] state;

  ReferenceSession(State layout) {
    this.state = new float[layout.size()];
  }

  /** Samples stay in the tensors of the caller. */
  record HostData(Tensor x, @Nullable Tensor y, @Nullable Tensor weights, float scale, float offset)
      implements Resident {
    @Override
    public void close() {}
  }

  @Override
  public void write(int offset, float[] values) {
    System.arraycopy(values, 0, state, offset, values.length);
  }

  @Override
  public void read(int offset, float[] values) {
    System.arraycopy(state, offset, values, 0, values.length);
  }

  @Override
  public Resident upload(
      Tensor x, @Nullable Tensor y, @Nullable Tensor weights, float scale, float offset) {
    return new HostData(x, y, weights, scale, offset);
  }

  @Override
  public List<Executable> prepare(List<Program> programs) {
    int size = programs.stream().mapToInt(program -> program.scratch().size()).max().orElse(0);
    float[] scratch = new float[size];
    return programs.stream().<Executable>map(program -> new Interpreter(program, scratch)).toList();
  }

  @Override
  public void close() {}

  private final class Interpreter implements Executable, Op.Visitor {
    private final Program program;
    private final float[] scratch;
    private @Nullable Feed feed; // null between runs, and where nothing is gathered
    private @Nullable Chunk chunk; // null until the first run
    private int step; // within the chunk
    private int replica;

    Interpreter(Program program, float[] scratch) {
      this.program = program;
      this.scratch = scratch;
    }

    @Override
    public Program program() {
      return program;
    }

    @Override
    public void run(@Nullable Feed samples, Chunk steps, float[] results) {
      feed = samples;
      chunk = steps;
      int written = 0;
      for (step = 0; step < steps.steps(); step++) {
        for (Op op : program.ops()) {
          for (replica = 0; replica < program.replicas(); replica++) {
            op.accept(this);
          }
        }
        for (Value result : program.results()) {
          for (replica = 0; replica < program.replicas(); replica++) {
            Matrix matrix = matrix(result);
            System.arraycopy(matrix.memory(), matrix.offset(), results, written, matrix.size());
            written += matrix.size();
          }
        }
      }
      feed = null; // samples may be large: do not keep them alive between runs
    }

    @Override
    public void gather(Op.Gather op) {
      Feed samples = Objects.requireNonNull(feed, "feed");
      int length = samples.order().length / program.replicas();
      int from = replica * length + chunk().firstRow() + step * program.batch();
      int[] rows = Arrays.copyOfRange(samples.order(), from, from + program.batch());
      HostData data = (HostData) samples.data();
      Kernels.gather(data, rows, matrix(op.x()), matrixOrNull(op.y()));
      Kernels.weigh(data.weights(), rows, matrixOrNull(op.weight()), matrixOrNull(op.count()));
    }

    @Override
    public void dense(Op.Dense op) {
      Kernels.dense(
          matrix(op.x()),
          matrix(op.weights()),
          matrixOrNull(op.bias()),
          op.activation(),
          matrix(op.output()));
    }

    @Override
    public void denseGradWeights(Op.DenseGradWeights op) {
      Kernels.denseGradWeights(
          matrix(op.x()), matrix(op.dz()), matrix(op.dWeights()), matrixOrNull(op.dBias()));
    }

    @Override
    public void denseGradInput(Op.DenseGradInput op) {
      Kernels.denseGradInput(
          matrix(op.dz()),
          matrix(op.weights()),
          op.activation(),
          matrixOrNull(op.a()),
          matrix(op.dx()));
    }

    @Override
    public void softmax(Op.Softmax op) {
      LossKernels.softmax(matrix(op.z()), matrix(op.p()));
    }

    @Override
    public void crossEntropy(Op.CrossEntropy op) {
      Matrix weight = matrixOrNull(op.weight());
      LossKernels.crossEntropy(
          op.kind(),
          matrix(op.z()),
          matrix(op.y()),
          new LossKernels.Weights(weight, matrixOrNull(op.count())),
          matrixOrNull(op.dz()),
          matrix(op.loss()));
      if (op.correct() != null) {
        LossKernels.countCorrect(
            Objects.requireNonNull(op.accuracy(), "counted with an accuracy"),
            matrix(op.z()),
            matrix(op.y()),
            weight,
            0,
            matrix(op.correct()));
      }
    }

    @Override
    public void countCorrect(Op.CountCorrect op) {
      LossKernels.countCorrect(
          op.accuracy(),
          matrix(op.scores()),
          matrix(op.y()),
          matrixOrNull(op.weight()),
          op.threshold(),
          matrix(op.correct()));
    }

    @Override
    public void elementwise(Op.Elementwise op) {
      Matrix[] operands = op.operands().stream().map(value -> matrix(value)).toArray(Matrix[]::new);
      Kernels.elementwise(op.expression(), operands, matrix(op.output()));
    }

    @Override
    public void reduce(Op.Reduce op) {
      Kernels.reduce(op.reduction(), matrix(op.x()), matrix(op.output()));
    }

    @Override
    public void reshape(Op.Reshape op) {}

    @Override
    public void slice(Op.Slice op) {
      Matrix output = matrix(op.output());
      Kernels.copyColumns(matrix(op.x()), op.first(), output, 0, output.columns());
    }

    @Override
    public void concatenate(Op.Concatenate op) {
      int column = 0;
      for (Value operand : op.operands()) {
        Matrix matrix = matrix(operand);
        Kernels.copyColumns(matrix, 0, matrix(op.output()), column, matrix.columns());
        column += matrix.columns();
      }
    }

    @Override
    public void randomUniform(Op.RandomUniform op) {
      long now = chunk().iteration() + step + 1;
      Kernels.uniform(
          Philox.layer(chunk().seeds()[replica], op.stream(), now), matrix(op.output()));
    }

    @Override
    public void convolution(Op.Convolution op) {
      WindowKernels.convolution(
          op.window(),
          matrix(op.x()),
          matrix(op.weights()),
          matrixOrNull(op.bias()),
          op.activation(),
          matrix(op.output()));
    }

    @Override
    public void convolutionGradWeights(Op.ConvolutionGradWeights op) {
      WindowKernels.gradWeights(
          op.window(),
          matrix(op.x()),
          matrix(op.dz()),
          matrix(op.dWeights()),
          matrixOrNull(op.dBias()));
    }

    @Override
    public void convolutionGradInput(Op.ConvolutionGradInput op) {
      WindowKernels.gradInput(
          op.window(),
          matrix(op.dz()),
          matrix(op.weights()),
          op.activation(),
          matrixOrNull(op.a()),
          matrix(op.dx()));
    }

    @Override
    public void pool(Op.Pool op) {
      WindowKernels.pool(op.pooling(), op.window(), matrix(op.x()), matrix(op.output()));
    }

    @Override
    public void poolGrad(Op.PoolGrad op) {
      WindowKernels.poolGrad(
          op.pooling(), op.window(), matrixOrNull(op.x()), matrix(op.d()), matrix(op.dx()));
    }

    @Override
    public void patches(Op.Patches op) {
      WindowKernels.patches(op.window(), matrix(op.x()), matrix(op.output()));
    }

    @Override
    public void patchesGrad(Op.PatchesGrad op) {
      WindowKernels.patchesGrad(op.window(), matrix(op.d()), matrix(op.dx()));
    }

    @Override
    public void update(Op.Update op) {
      Kernels.update(
          op.rule(),
          program.state(),
          state,
          replica,
          chunk().learningRates()[replica],
          chunk().iteration() + step + 1);
    }

    private Chunk chunk() {
      return Objects.requireNonNull(chunk, "chunk");
    }

    private @Nullable Matrix matrixOrNull(@Nullable Value value) {
      return value == null ? null : matrix(value);
    }

    private Matrix matrix(Value value) {
      float[] memory = value.kind().isState() ? state : scratch;
      return new Matrix(memory, program.offsetOf(value, replica), value.shape());
    }
  }
}
