package dev.sinter.backend.host;

import dev.sinter.backend.Backend;
import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.BackendProvider;
import dev.sinter.backend.Precision;
import dev.sinter.backend.Probe;
import dev.sinter.backend.Session;
import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Expression;
import dev.sinter.program.Op;
import dev.sinter.program.Program;
import dev.sinter.program.Shape;
import dev.sinter.program.State;
import java.nio.FloatBuffer;
import java.util.List;

/** A complete CPU backend: three products in plain Java, everything else from the common base. */
final class PlainBackend implements BackendProvider, Backend {
  @Override
  public String name() {
    return "plain";
  }

  @Override
  public int rank() {
    return 0;
  }

  @Override
  public Probe probe() {
    return Probe.usable(device(), "an example");
  }

  @Override
  public Backend open(BackendOptions options) {
    options.requireCpuFloat32(name());
    return this;
  }

  @Override
  public String device() {
    return "plain Java on the heap";
  }

  @Override
  public int threads() {
    return 1;
  }

  @Override
  public Precision precision() {
    return Precision.FLOAT32;
  }

  @Override
  public Session open(State state) {
    return new PlainSession(new Heap(FloatBuffer.allocate(state.size())));
  }

  private record Heap(FloatBuffer floats) implements HostArena<Slice> {
    @Override
    public Slice view(long offset, Shape shape) {
      return new Slice(floats.slice((int) offset, shape.size()), shape);
    }
  }

  private record Slice(FloatBuffer host, Shape shape) implements HostView {
    float get(int row, int column) {
      return host.get(row * shape.columns() + column);
    }
  }

  private static final class PlainSession extends HostSession<Heap> {
    private final Heap state;

    PlainSession(Heap state) {
      super("plain", () -> {}); // the heap needs no freeing
      this.state = state;
    }

    @Override
    protected FloatBuffer state() {
      return state.floats();
    }

    @Override
    protected Heap scratch(List<Program> programs) {
      int size = programs.stream().mapToInt(p -> p.scratch().size()).max().orElse(0);
      return new Heap(FloatBuffer.allocate(size));
    }

    @Override
    protected List<Step> translate(Program program, Heap scratch, int from, int to) {
      return new Products(program, state, scratch).translate(from, to);
    }
  }

  /** The part that a backend must add: the products. Views are created here, not in the steps. */
  private static final class Products extends HostTranslator<Slice> {
    Products(Program program, Heap state, Heap scratch) {
      super(program, state, scratch);
    }

    /** a = f(x W + b). */
    @Override
    public void dense(Op.Dense op) {
      Slice x = view(op.x());
      Slice weights = view(op.weights());
      Slice bias = viewOrNull(op.bias());
      Slice output = view(op.output());
      each(
          output,
          (row, unit) -> {
            double sum = bias == null ? 0 : bias.get(0, unit);
            for (int i = 0; i < x.shape().columns(); i++) {
              sum += (double) x.get(row, i) * weights.get(i, unit);
            }
            return sum;
          });
      if (op.activation() != ActivationFunction.LINEAR) {
        add(ExpressionCode.of(op.activation().forward()), List.of(output), output);
      }
    }

    /** dW = x' dz, db = the column sums of dz. */
    @Override
    public void denseGradWeights(Op.DenseGradWeights op) {
      Slice x = view(op.x());
      Slice dz = view(op.dz());
      each(
          view(op.dWeights()),
          (i, unit) -> {
            double sum = 0;
            for (int row = 0; row < dz.shape().rows(); row++) {
              sum += (double) x.get(row, i) * dz.get(row, unit);
            }
            return sum;
          });
      if (op.dBias() != null) {
        each(
            view(op.dBias()),
            (one, unit) -> {
              double sum = 0;
              for (int row = 0; row < dz.shape().rows(); row++) {
                sum += dz.get(row, unit);
              }
              return sum;
            });
      }
    }

    /** dx = (dz W') f'(a). */
    @Override
    public void denseGradInput(Op.DenseGradInput op) {
      Slice dz = view(op.dz());
      Slice weights = view(op.weights());
      Slice dx = view(op.dx());
      each(
          dx,
          (row, i) -> {
            double sum = 0;
            for (int unit = 0; unit < dz.shape().columns(); unit++) {
              sum += (double) dz.get(row, unit) * weights.get(i, unit);
            }
            return sum;
          });
      if (op.a() != null) {
        Expression product = op.activation().derivative().times(Expression.input(1));
        add(ExpressionCode.of(product), List.of(view(op.a()), dx), dx);
      }
    }

    private interface Cell {
      double of(int row, int column);
    }

    private void each(Slice target, Cell cell) {
      int columns = target.shape().columns();
      steps.add(
          position -> {
            for (int i = 0; i < target.shape().size(); i++) {
              target.host().put(i, (float) cell.of(i / columns, i % columns));
            }
          });
    }
  }
}
