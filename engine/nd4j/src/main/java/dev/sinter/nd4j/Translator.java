package dev.sinter.nd4j;

import dev.sinter.backend.host.ElementwiseKernel;
import dev.sinter.backend.host.ExpressionCode;
import dev.sinter.backend.host.HostTranslator;
import dev.sinter.backend.host.Step;
import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Expression;
import dev.sinter.program.Op;
import dev.sinter.program.Program;
import dev.sinter.program.Shape;
import dev.sinter.program.State;
import dev.sinter.program.Value;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Turns the operations of one program into steps over prepared views and ND4J operations, once.
 *
 * <p>Memory is row-major; where a product is called, x W = a becomes W' x' = a' (transposed): the
 * row-major [B, U] result is then ND4J's order 'f' [U, B], which its BLAS writes without a copy.
 */
final class Translator extends HostTranslator<View> {
  /** Where expressions run. */
  enum Placement {
    /** Where they run faster on a CPU: the host but for exponentials and their like. */
    FASTEST,
    /**
     * As ND4J operations, all of them, for natives that compute on a device: around what only the
     * host can do, memory is copied to it and back.
     */
    NATIVE
  }

  private final Arena state;
  private final Arena scratch;
  private final Placement placement;
  private final boolean tracks; // then the host may read and write the state as well
  private INDArray ones; // [B, 1]

  private Translator(Program program, Arena state, Arena scratch, Placement placement) {
    super(program, state, scratch);
    this.state = state;
    this.scratch = scratch;
    this.placement = placement;
    this.tracks = !program.state().block(State.Block.TRACKED).isEmpty();
  }

  /** Translates a program; views are cut from the arenas, temporaries taken from scratch. */
  static List<Step> translate(Program program, Arena state, Arena scratch, Placement placement) {
    Translator translator = new Translator(program, state, scratch, placement);
    List<Step> steps = translator.translate(0, program.replicas());
    if (placement == Placement.NATIVE) {
      steps.add(position -> scratch.toHost()); // the results are read there
    }
    return steps;
  }

  /**
   * Returns at most how many floats and how many booleans the translation takes from scratch,
   * beyond the program's own plan.
   */
  static long[] demand(Program program, Placement placement) {
    long[] demand = {new Shape(program.batch(), 1).replicaStride(), 0};
    for (Op op : program.simpleOps()) {
      if (op instanceof Op.Dense dense) {
        add(demand, epilogue(dense), dense.output().shape(), program.replicas(), placement);
      } else if (op instanceof Op.DenseGradInput grad) {
        add(demand, epilogue(grad), grad.dx().shape(), program.replicas(), placement);
      } else if (op instanceof Op.Elementwise elementwise) {
        Shape shape = elementwise.output().shape();
        ExpressionCode code = ExpressionCode.of(elementwise.expression());
        add(demand, code, shape, program.replicas(), placement);
      } else if (op instanceof Op.Update update) {
        ExpressionCode code = ExpressionCode.of(update.rule());
        if (program.replicas() == 1) {
          add(demand, code, new Shape(1, Math.max(1, program.state().regionSize())), 1, placement);
        } else {
          for (Value parameter : program.state().parameters()) {
            Shape stretch = new Shape(1, parameter.shape().size());
            add(demand, code, stretch, program.replicas(), placement);
          }
        }
      }
    }
    return demand;
  }

  private static void add(
      long[] demand, ExpressionCode code, Shape shape, int times, Placement placement) {
    if (code != null && isNative(code, placement)) {
      long[] more = NativeExpression.demand(code, shape);
      demand[0] += times * more[0];
      demand[1] += times * more[1];
    }
  }

  private static boolean isNative(ExpressionCode code, Placement placement) {
    return placement == Placement.NATIVE || code.isTranscendental() && !code.isBranching();
  }

  /** a' = W' x', then a = f(a + b) in place. */
  @Override
  public void dense(Op.Dense op) {
    View output = view(op.output());
    INDArray x = view(op.x()).transposed(); // [I, B] f
    INDArray weights = view(op.weights()).transposed(); // [U, I] f
    add(NativeCall.product(output.transposed(), weights, x));
    ExpressionCode code = epilogue(op);
    if (code != null) {
      add(code, op.bias() == null ? List.of(output) : List.of(output, view(op.bias())), output);
    }
  }

  private static ExpressionCode epilogue(Op.Dense op) {
    Expression sum = Expression.input(0);
    if (op.bias() != null) {
      sum = sum.plus(Expression.input(1));
    } else if (op.activation() == ActivationFunction.LINEAR) {
      return null;
    }
    return ExpressionCode.of(op.activation().forward().substitute(sum));
  }

  /** dW' = dz' x; db' = dz' 1: a product with ones is 20 times faster than ND4J's sum. */
  @Override
  public void denseGradWeights(Op.DenseGradWeights op) {
    INDArray dz = view(op.dz()).transposed(); // [U, B] f
    INDArray x = view(op.x()).array(); // [B, I] c
    add(NativeCall.product(view(op.dWeights()).transposed(), dz, x));
    if (op.dBias() != null) {
      add(NativeCall.product(view(op.dBias()).transposed(), dz, ones()));
    }
  }

  /** dx' = W dz', then dx = dx * f'(a) in place. */
  @Override
  public void denseGradInput(Op.DenseGradInput op) {
    View dx = view(op.dx());
    INDArray dz = view(op.dz()).transposed(); // [U, B] f
    INDArray weights = view(op.weights()).array(); // [I, U] c
    add(NativeCall.product(dx.transposed(), weights, dz));
    if (op.activation() == ActivationFunction.RELU) {
      // A loop that compares mispredicts at every other element: 290 us at 128 x 512, this 155.
      INDArray a = view(op.a()).array();
      add(NativeCall.custom("relu_bp", dx.array(), a, dx.array()));
      return;
    }
    ExpressionCode code = epilogue(op);
    if (code != null) {
      add(code, List.of(dx, view(op.a())), dx);
    }
  }

  private static ExpressionCode epilogue(Op.DenseGradInput op) {
    if (op.a() == null) {
      return null;
    }
    Expression derivative = op.activation().derivative().substitute(Expression.input(1));
    return ExpressionCode.of(Expression.input(0).times(derivative));
  }

  private INDArray ones() {
    if (ones == null) {
      View view = scratch.take(new Shape(program.batch(), 1));
      view.array().assign(1);
      ones = view.array();
    }
    return ones;
  }

  @Override
  protected void addOnHost(Step step) {
    if (placement == Placement.FASTEST) {
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

  private void add(NativeCall call) {
    steps.add(position -> call.execute());
  }

  @Override
  protected ElementwiseKernel kernel(
      ExpressionCode code, List<View> inputs, List<View> outputs, Shape shape) {
    return isNative(code, placement)
        ? new NativeExpression(code, inputs, outputs, shape, scratch)
        : super.kernel(code, inputs, outputs, shape);
  }
}
