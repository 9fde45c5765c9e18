package dev.sinter.compile;

import static dev.sinter.program.Expression.input;

import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Expression;
import dev.sinter.program.Op;
import dev.sinter.program.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Folds an activation into the product before it, and the derivative of an activation into the
 * product that computes the gradient of its output, if nothing else reads the value in between.
 */
final class Fold {
  private static final Map<Expression, ActivationFunction> FORWARD = new HashMap<>();
  private static final Map<Expression, ActivationFunction> BACKWARD = new HashMap<>();

  static {
    for (ActivationFunction function : ActivationFunction.values()) {
      if (function.isFoldable() && function != ActivationFunction.LINEAR) {
        FORWARD.put(function.forward(), function);
        BACKWARD.put(function.derivative().times(input(1)), function);
      }
    }
  }

  private final List<Op> ops;
  private final List<Value> results;

  private Fold(List<Op> ops, List<Value> results) {
    this.ops = new ArrayList<>(ops);
    this.results = results;
  }

  static List<Op> fold(List<Op> ops, List<Value> results) {
    Fold fold = new Fold(ops, results);
    for (Op op : ops) {
      if (op instanceof Op.Elementwise elementwise) {
        fold.fold(elementwise);
      }
    }
    return fold.ops;
  }

  private void fold(Op.Elementwise op) {
    List<Value> operands = op.operands();
    boolean sameShapes =
        operands.stream().allMatch(operand -> operand.shape().equals(op.output().shape()));
    if (!sameShapes
        || op.output().kind().isState()) { // operations that write the state keep their place
      return;
    }
    ActivationFunction forward = FORWARD.get(op.expression());
    ActivationFunction backward = BACKWARD.get(op.expression());
    if (forward != null) {
      Op product = onlyReader(operands.get(0));
      Op folded = product == null ? null : withActivation(product, forward, op.output());
      if (folded != null) {
        replace(product, op, folded);
      }
    } else if (backward != null) {
      Value a = operands.get(0);
      Op gradient = onlyReader(operands.get(1));
      Op folded = gradient == null ? null : withDerivative(gradient, backward, a, op.output());
      if (folded != null && isWrittenBefore(a, gradient)) {
        replace(gradient, op, folded);
      } else if (gradient instanceof Op.PoolGrad pool && a.equals(pool.x())) {
        swap(pool, op, backward);
      }
    }
  }

  /** Returns a product with its activation; null if it has one already or is no product. */
  private static @Nullable Op withActivation(Op product, ActivationFunction f, Value output) {
    if (product instanceof Op.Dense dense && dense.activation() == ActivationFunction.LINEAR) {
      return new Op.Dense(dense.label(), dense.x(), dense.weights(), dense.bias(), f, output);
    } else if (product instanceof Op.Convolution c && c.activation() == ActivationFunction.LINEAR) {
      return new Op.Convolution(c.label(), c.window(), c.x(), c.weights(), c.bias(), f, output);
    }
    return null;
  }

  private static @Nullable Op withDerivative(
      Op gradient, ActivationFunction f, Value a, Value output) {
    if (gradient instanceof Op.DenseGradInput dense && dense.a() == null) {
      return new Op.DenseGradInput(dense.label(), dense.dz(), dense.weights(), f, a, output);
    } else if (gradient instanceof Op.ConvolutionGradInput c && c.a() == null) {
      return new Op.ConvolutionGradInput(c.label(), c.window(), c.dz(), c.weights(), f, a, output);
    }
    return null;
  }

  /**
   * Moves a derivative before the gradient of a maximum. The derivative is a function of the output
   * a of the activation, and the pixel that gets the gradient is the maximum itself: the same
   * numbers, but only one for each window, and it may be folded further.
   */
  private void swap(Op.PoolGrad pool, Op.Elementwise derivative, ActivationFunction function) {
    Value pooled =
        ops.stream()
            .filter(op -> op instanceof Op.Pool p && p.x().equals(pool.x()))
            .map(Op.Pool.class::cast)
            .filter(p -> p.pooling() == pool.pooling() && p.window().equals(pool.window()))
            .map(Op.Pool::output)
            .findFirst()
            .orElse(null);
    if (pooled == null) {
      return;
    }
    // The value between the two is free: it takes the smaller shape.
    Value between = new Value(derivative.operands().get(1).name(), pooled.kind(), pooled.shape());
    Op.Elementwise first =
        new Op.Elementwise(
            derivative.label(), derivative.expression(), List.of(pooled, pool.d()), between);
    Op.PoolGrad second =
        new Op.PoolGrad(
            pool.label(), pool.pooling(), pool.window(), pool.x(), between, derivative.output());
    ops.set(ops.indexOf(pool), first);
    ops.set(ops.indexOf(derivative), second);
    fold(first);
  }

  /**
   * Returns the operation that writes a value if exactly one other operation reads it, else null.
   */
  private @Nullable Op onlyReader(Value value) {
    long readers = ops.stream().filter(op -> op.inputs().contains(value)).count();
    return readers == 1 && !results.contains(value)
        ? ops.stream().filter(op -> op.outputs().contains(value)).findFirst().orElse(null)
        : null;
  }

  private boolean isWrittenBefore(Value value, Op reader) {
    return ops.subList(0, ops.indexOf(reader)).stream()
        .anyMatch(op -> op.outputs().contains(value));
  }

  private void replace(Op product, Op elementwise, Op folded) {
    ops.set(ops.indexOf(product), folded);
    ops.remove(elementwise);
  }
}
