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
      if (function.isElementwise() && function != ActivationFunction.LINEAR) {
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
    if (forward != null
        && onlyReader(operands.get(0)) instanceof Op.Dense dense
        && dense.activation() == ActivationFunction.LINEAR) {
      replace(
          dense,
          op,
          new Op.Dense(
              dense.label(), dense.x(), dense.weights(), dense.bias(), forward, op.output()));
    } else if (backward != null
        && onlyReader(operands.get(1)) instanceof Op.DenseGradInput grad
        && grad.a() == null
        && isWrittenBefore(operands.get(0), grad)) {
      replace(
          grad,
          op,
          new Op.DenseGradInput(
              grad.label(), grad.dz(), grad.weights(), backward, operands.get(0), op.output()));
    }
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
