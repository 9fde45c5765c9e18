package dev.sinter.nd4j;

import dev.sinter.backend.host.ElementwiseKernel;
import dev.sinter.backend.host.ExpressionCode;
import dev.sinter.backend.host.HostArena;
import dev.sinter.backend.host.HostTranslator;
import dev.sinter.backend.host.Step;
import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Expression;
import dev.sinter.program.Op;
import dev.sinter.program.Program;
import dev.sinter.program.Shape;
import dev.sinter.program.State;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Translates the operations of one program into steps over prepared views and ND4J operations.
 *
 * <p>Memory is row-major. Products are transposed: x W = a becomes W' x' = a'. The row-major [B, U]
 * result is then [U, B] in order 'f', which the BLAS of ND4J writes without a copy.
 */
final class Translator extends HostTranslator<View> {
  /** The place where expressions run. */
  enum Placement {
    /** The faster place on a CPU: the host, except for exponentials and similar functions. */
    FASTEST,
    /**
     * All as ND4J operations, for natives that compute on a device. Around operations that only the
     * host can run, memory is copied to the host and back.
     */
    NATIVE
  }

  /** An arena without memory, for counting: its views have only shapes. */
  private static final HostArena<View> NOWHERE = (offset, shape) -> new View(null, null, shape);

  private final Arena state;
  private final Arena scratch; // null if the translation only counts its demand
  private final long[] demand; // floats and booleans so far
  private final Placement placement;
  private final boolean tracks; // if so, the host may read and write the state
  private final Map<Integer, INDArray> ones = new HashMap<>(); // [rows, 1]

  private Translator(Program program, Arena state, Arena scratch, Placement placement) {
    super(program, scratch == null ? NOWHERE : state, scratch == null ? NOWHERE : scratch);
    this.state = state;
    this.scratch = scratch;
    this.demand = new long[] {ones(program), 0};
    this.placement = placement;
    this.tracks = !program.state().block(State.Block.TRACKED).isEmpty();
  }

  /** Returns the floats of a column of ones for each number of rows that are summed up. */
  private static long ones(Program program) {
    return program.ops().stream()
        .filter(op -> op instanceof Op.DenseGradWeights gradient && gradient.dBias() != null)
        .mapToInt(op -> ((Op.DenseGradWeights) op).dz().shape().rows())
        .distinct()
        .mapToLong(rows -> new Shape(rows, 1).replicaStride())
        .sum();
  }

  /** Translates a program; views come from the arenas, temporaries from scratch. */
  static List<Step> translate(Program program, Arena state, Arena scratch, Placement placement) {
    Translator translator = new Translator(program, state, scratch, placement);
    List<Step> steps = translator.translate(0, program.replicas());
    if (placement == Placement.NATIVE) {
      steps.add(position -> scratch.toHost()); // the host reads the results
    }
    return steps;
  }

  /**
   * Returns upper bounds for the floats and booleans that the translation takes from scratch, in
   * addition to the memory plan of the program.
   */
  static long[] demand(Program program, Placement placement) {
    Translator counter = new Translator(program, null, null, placement);
    counter.translate(0, program.replicas());
    return counter.demand;
  }

  /** a' = W' x', then a = f(a + b) in place. */
  @Override
  public void dense(Op.Dense op) {
    View output = view(op.output());
    View x = view(op.x());
    View weights = view(op.weights());
    // [U, B] f = [U, I] f times [I, B] f
    add(() -> NativeCall.product(output.transposed(), weights.transposed(), x.transposed()));
    Expression forward = op.activation().forward();
    if (op.bias() != null) {
      Expression sum = Expression.input(0).plus(Expression.input(1));
      add(ExpressionCode.of(forward.substitute(sum)), List.of(output, view(op.bias())), output);
    } else if (op.activation() != ActivationFunction.LINEAR) {
      add(ExpressionCode.of(forward), List.of(output), output);
    }
  }

  /** dW' = dz' x; db' = dz' 1: a product with ones is 20 times faster than the sum of ND4J. */
  @Override
  public void denseGradWeights(Op.DenseGradWeights op) {
    View dz = view(op.dz());
    View x = view(op.x());
    View weights = view(op.dWeights());
    // [U, I] f = [U, B] f times [B, I] c
    add(() -> NativeCall.product(weights.transposed(), dz.transposed(), x.array()));
    if (op.dBias() != null) {
      View bias = view(op.dBias());
      add(() -> NativeCall.product(bias.transposed(), dz.transposed(), ones(dz.shape().rows())));
    }
  }

  /** dx' = W dz', then dx = dx * f'(a) in place. */
  @Override
  public void denseGradInput(Op.DenseGradInput op) {
    View dx = view(op.dx());
    View dz = view(op.dz());
    View weights = view(op.weights());
    // [I, B] f = [I, U] c times [U, B] f
    add(() -> NativeCall.product(dx.transposed(), weights.array(), dz.transposed()));
    if (op.activation() == ActivationFunction.RELU) {
      // A loop with comparisons mispredicts every other element: 290 us at 128 x 512, against 155.
      View a = view(op.a());
      add(() -> NativeCall.custom("relu_bp", dx.array(), a.array(), dx.array()));
    } else if (op.a() != null) {
      Expression derivative = op.activation().derivative().substitute(Expression.input(1));
      ExpressionCode code = ExpressionCode.of(Expression.input(0).times(derivative));
      add(code, List.of(dx, view(op.a())), dx);
    }
  }

  private INDArray ones(int rows) {
    return ones.computeIfAbsent(
        rows,
        length -> {
          View view = scratch.take(new Shape(length, 1));
          view.array().assign(1);
          return view.array();
        });
  }

  @Override
  protected void addOnHost(Step step) {
    if (placement == Placement.FASTEST || scratch == null) {
      steps.add(step);
      return;
    }
    List<Arena> touched = tracks ? List.of(scratch, state) : List.of(scratch);
    steps.add(
        position -> {
          touched.forEach(Arena::toHost);
          step.run(position);
          touched.forEach(Arena::wroteOnHost);
        });
  }

  private void add(Supplier<NativeCall> prepared) {
    if (scratch != null) {
      NativeCall call = prepared.get();
      steps.add(position -> call.execute());
    }
  }

  @Override
  protected ElementwiseKernel kernel(
      ExpressionCode code, List<View> inputs, List<View> outputs, Shape shape) {
    if (placement != Placement.NATIVE && (!code.isTranscendental() || code.isBranching())) {
      return super.kernel(code, inputs, outputs, shape);
    }
    if (scratch != null) {
      return new NativeExpression(code, inputs, outputs, shape, scratch);
    }
    long[] more = NativeExpression.demand(code, shape);
    demand[0] += more[0];
    demand[1] += more[1];
    return null;
  }
}
