package dev.sinter.backend.host;

import dev.sinter.program.Op;
import dev.sinter.program.Program;
import dev.sinter.program.Shape;
import dev.sinter.program.State;
import dev.sinter.program.UpdateRule;
import dev.sinter.program.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Translates the operations of one program into steps: every operation except the products becomes
 * loops on the host. A CPU backend adds the products and may override the rest.
 */
public abstract class HostTranslator<V extends HostView> implements Op.Visitor {
  /** The program to translate. */
  protected final Program program;

  /** The steps so far. */
  protected final List<Step> steps = new ArrayList<>();

  /** The replica being translated. */
  protected int replica;

  private final HostArena<V> state;
  private final HostArena<V> scratch;

  /** Creates a translator for one program. */
  protected HostTranslator(Program program, HostArena<V> state, HostArena<V> scratch) {
    this.program = program;
    this.state = state;
    this.scratch = scratch;
  }

  /** Translates all operations for replicas [from, to). */
  protected final List<Step> translate(int from, int to) {
    boolean tells = program.replicas() == 1 && program.rule() == null;
    List<Value> ready = new ArrayList<>(tells ? program.finalGradients() : List.of());
    Map<Value, Op> last = new HashMap<>();
    program.simpleOps().forEach(op -> op.outputs().forEach(output -> last.put(output, op)));
    for (Op op : program.simpleOps()) {
      before(op);
      for (replica = from; replica < to; replica++) {
        op.accept(this);
      }
      while (!ready.isEmpty() && last.get(ready.get(0)) == op) {
        Value gradient = ready.remove(0);
        steps.add(position -> position.tell(gradient));
      }
    }
    return steps;
  }

  /** Called before an operation is translated. */
  protected void before(Op op) {}

  /** Adds a step that reads and writes memory through {@link HostView#host}. */
  protected void addOnHost(Step step) {
    steps.add(step);
  }

  /** Returns an element-wise kernel; by default loops on the host. */
  protected ElementwiseKernel kernel(
      ExpressionCode code, List<V> inputs, List<V> outputs, Shape shape) {
    return new HostExpression(code, inputs, outputs, shape);
  }

  /** Returns a kernel that applies an optimizer to the same stretch of every region. */
  protected ElementwiseKernel updateKernel(UpdateRule rule, int from, Shape shape) {
    List<V> regions = regions(rule, from, shape);
    return kernel(ExpressionCode.of(rule), regions, regions, shape);
  }

  /** Adds a kernel without scalars. */
  protected final void add(ExpressionCode code, List<V> operands, V output) {
    ElementwiseKernel kernel = kernel(code, operands, List.of(output), output.shape());
    steps.add(position -> kernel.run(ElementwiseKernel.NO_SCALARS));
  }

  /** Returns the memory of a value in the replica being translated. */
  protected final V view(Value value) {
    return view(value, replica);
  }

  /** Returns the memory of a value in a replica. */
  protected final V view(Value value, int replica) {
    HostArena<V> arena = value.kind().isState() ? state : scratch;
    return arena.view(program.offsetOf(value, replica), value.shape());
  }

  /** Returns the memory of a value; null for null. */
  protected final @Nullable V viewOrNull(@Nullable Value value) {
    return value == null ? null : view(value);
  }

  /** Returns the same stretch of each region that a rule reads. */
  protected final List<V> regions(UpdateRule rule, int from, Shape shape) {
    List<V> regions = new ArrayList<>();
    for (int i = 0; i < UpdateRule.FIRST_SLOT + rule.slots().size(); i++) {
      regions.add(state.view((long) i * program.state().regionSize() + from, shape));
    }
    return regions;
  }

  @Override
  public void gather(Op.Gather op) {
    addOnHost(new GatherStep(op, this::view, replica, program.replicas()));
  }

  @Override
  public void softmax(Op.Softmax op) {
    addOnHost(RowSteps.softmax(view(op.z()), view(op.p())));
  }

  @Override
  public void crossEntropy(Op.CrossEntropy op) {
    addOnHost(RowSteps.crossEntropy(op, this::view));
  }

  @Override
  public void countCorrect(Op.CountCorrect op) {
    addOnHost(RowSteps.countCorrect(op, this::view));
  }

  @Override
  public void elementwise(Op.Elementwise op) {
    List<V> operands = op.operands().stream().map(this::view).toList();
    add(ExpressionCode.of(op.expression()), operands, view(op.output()));
  }

  @Override
  public void reduce(Op.Reduce op) {
    addOnHost(RowSteps.reduce(op, this::view));
  }

  @Override
  public void reshape(Op.Reshape op) {}

  @Override
  public void slice(Op.Slice op) {
    addOnHost(new CopyColumns(view(op.x()), op.first(), view(op.output()), 0));
  }

  @Override
  public void concatenate(Op.Concatenate op) {
    int column = 0;
    for (Value operand : op.operands()) {
      addOnHost(new CopyColumns(view(operand), 0, view(op.output()), column));
      column += operand.shape().columns();
    }
  }

  @Override
  public void randomUniform(Op.RandomUniform op) {
    addOnHost(RowSteps.randomUniform(op, view(op.output()), replica));
  }

  @Override
  public void pool(Op.Pool op) {
    addOnHost(WindowSteps.pool(op, view(op.x()), view(op.output())));
  }

  @Override
  public void poolGrad(Op.PoolGrad op) {
    addOnHost(WindowSteps.poolGrad(op, viewOrNull(op.x()), view(op.d()), view(op.dx())));
  }

  @Override
  public void patches(Op.Patches op) {
    addOnHost(WindowSteps.patches(op.window(), view(op.x()), view(op.output())));
  }

  @Override
  public void patchesGrad(Op.PatchesGrad op) {
    addOnHost(WindowSteps.patchesGrad(op.window(), view(op.d()), view(op.dx())));
  }

  /**
   * Applies an optimizer: one pass over the flat regions, including padding, if there is one
   * replica; otherwise one pass per parameter.
   */
  @Override
  public void update(Op.Update op) {
    UpdateRule rule = op.rule();
    State layout = program.state();
    List<ElementwiseKernel> list = new ArrayList<>();
    if (layout.replicas() == 1) {
      list.add(updateKernel(rule, 0, new Shape(1, Math.max(1, layout.regionSize()))));
    } else {
      for (Value parameter : layout.parameters()) {
        int from = layout.offsetOf(parameter) + replica * parameter.shape().replicaStride();
        list.add(updateKernel(rule, from, new Shape(1, parameter.shape().size())));
      }
    }
    ElementwiseKernel[] kernels = list.toArray(ElementwiseKernel[]::new);
    float[] scalars = new float[rule.scalars().size()];
    double[] rateAndStep = new double[2];
    int index = replica;
    steps.add(
        position -> {
          rateAndStep[0] = position.chunk().learningRates()[index];
          rateAndStep[1] = position.chunk().iteration() + position.step + 1;
          for (int i = 0; i < scalars.length; i++) {
            scalars[i] = (float) rule.scalar(i, rateAndStep);
          }
          for (ElementwiseKernel kernel : kernels) {
            kernel.run(scalars);
          }
        });
  }
}
