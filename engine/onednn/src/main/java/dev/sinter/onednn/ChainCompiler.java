package dev.sinter.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import dev.sinter.onednn.PostOps.Operand;
import dev.sinter.onednn.Primitives.PrimitiveStep;
import dev.sinter.onednn.UpdateKernel.Leaves;
import dev.sinter.program.Expression;
import dev.sinter.program.Expression.BinaryFunction;
import dev.sinter.program.Expression.Constant;
import dev.sinter.program.Expression.Input;
import dev.sinter.program.Expression.StepScalar;
import dev.sinter.program.Expression.UnaryFunction;
import dev.sinter.program.UpdateRule;
import dev.sinter.program.UpdateRule.Assignment;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns the assignments of an update rule into a few binary primitives with post operations.
 *
 * <p>The compiler follows an expression from its root to a leaf. That leaf starts a binary
 * primitive, and the operations on the path back to the root become its post operations, so the
 * whole path is one pass over memory. The other operand of each operation is a leaf, or a separate
 * primitive with a temporary computes it. {@code c * x + e} with x as the destination becomes a sum
 * with the destination. RMSprop takes 2 primitives, Adam 3, SGD 1.
 */
final class ChainCompiler {
  private static final double SMALLEST_EPSILON = 1e-12;

  /** No post operation computes a function of the expression exactly as defined. */
  private static final class UnsupportedException extends Exception {
    private static final long serialVersionUID = 1;
  }

  private record Chain(int algorithm, Operand x, Operand y, PostOps postOps) {}

  private final Primitives primitives;
  private final Leaves memory;
  private final float negligible; // in a slot
  private final List<PrimitiveStep> steps = new ArrayList<>();
  private int temporaries;

  private ChainCompiler(UpdateRule rule, Primitives primitives, Leaves memory) {
    this.primitives = primitives;
    this.memory = memory;
    this.negligible =
        rule.assignments().stream().allMatch(assignment -> isCoarse(assignment.value()))
            ? PostOps.DECAYED
            : PostOps.SUBNORMAL;
  }

  /** Returns whether no constant is small enough to distinguish numbers of 1e-31 from 0. */
  private static boolean isCoarse(Expression expression) {
    if (expression instanceof Constant constant) {
      return Math.abs(constant.value()) >= SMALLEST_EPSILON;
    } else if (expression instanceof Expression.Unary unary) {
      return isCoarse(unary.x());
    } else if (expression instanceof Expression.Binary binary) {
      return isCoarse(binary.x()) && isCoarse(binary.y());
    }
    return true;
  }

  /** Compiles a rule; null if post operations cannot express it. */
  static List<PrimitiveStep> compile(UpdateRule rule, Primitives primitives, Leaves memory) {
    ChainCompiler compiler = new ChainCompiler(rule, primitives, memory);
    try {
      for (Assignment assignment : rule.assignments()) {
        compiler.temporaries = 0;
        compiler.assign(assignment.target(), assignment.value());
      }
      return compiler.steps;
    } catch (UnsupportedException e) {
      return null;
    }
  }

  /**
   * A slot whose gradient stays 0 decays to subnormal numbers; they are rounded to 0 before that.
   */
  private void assign(int target, Expression value) throws UnsupportedException {
    Chain chain = assigned(target, value);
    if (target != UpdateRule.PARAMETER) {
      chain.postOps.flush(negligible);
    }
    emit(chain, memory.input(target));
  }

  private Chain assigned(int target, Expression value) throws UnsupportedException {
    if (value instanceof Expression.Binary sum) {
      boolean minus = sum.function() == BinaryFunction.SUBTRACT;
      if (minus || sum.function() == BinaryFunction.ADD) {
        Float left = scaleOf(sum.x(), target);
        Float right = scaleOf(sum.y(), target);
        if (left != null && !isLeaf(sum.y())) {
          Chain chain = chain(sum.y());
          if (minus) {
            chain.postOps.eltwise(dnnl_eltwise_linear, -1, 0);
          }
          chain.postOps.sum(left);
          return chain;
        } else if (right != null && !isLeaf(sum.x())) {
          Chain chain = chain(sum.x());
          chain.postOps.sum(minus ? -right : right);
          return chain;
        }
      }
    }
    return chain(value);
  }

  /** Returns c if the expression is c times the input, else null. */
  private static Float scaleOf(Expression expression, int input) {
    if (expression.equals(Expression.input(input))) {
      return 1f;
    } else if (expression instanceof Expression.Binary product
        && product.function() == BinaryFunction.MULTIPLY) {
      if (product.x() instanceof Constant c && product.y().equals(Expression.input(input))) {
        return (float) c.value();
      } else if (product.y() instanceof Constant c && product.x().equals(Expression.input(input))) {
        return (float) c.value();
      }
    }
    return null;
  }

  private static boolean isLeaf(Expression expression) {
    return expression instanceof Input
        || expression instanceof Constant
        || expression instanceof StepScalar;
  }

  private Operand leaf(Expression expression) {
    if (expression instanceof Input input) {
      return memory.input(input.index());
    } else if (expression instanceof StepScalar scalar) {
      return memory.scalar(scalar.index());
    }
    return memory.constant((float) ((Constant) expression).value());
  }

  private Chain chain(Expression expression) throws UnsupportedException {
    if (isLeaf(expression)) {
      return start(dnnl_binary_mul, leaf(expression), memory.constant(1));
    } else if (expression instanceof Expression.Unary unary) {
      return unary(unary);
    } else if (expression instanceof Expression.Binary binary) {
      return binary(binary);
    }
    throw new UnsupportedException();
  }

  private Chain start(int algorithm, Operand x, Operand y) throws UnsupportedException {
    if (x.isScalar()) {
      throw new UnsupportedException(); // the result has the size of the first operand
    }
    return new Chain(algorithm, x, y, new PostOps());
  }

  private Chain unary(Expression.Unary unary) throws UnsupportedException {
    if (unary.function() == UnaryFunction.SQUARE && isLeaf(unary.x())) {
      return start(dnnl_binary_mul, leaf(unary.x()), leaf(unary.x()));
    }
    Chain chain = chain(unary.x());
    switch (unary.function()) {
      case SQUARE -> chain.postOps.eltwise(dnnl_eltwise_square, 0, 0);
      case SQRT -> chain.postOps.eltwise(dnnl_eltwise_sqrt, 0, 0);
      case NEGATE -> chain.postOps.eltwise(dnnl_eltwise_linear, -1, 0);
      default -> throw new UnsupportedException();
    }
    return chain;
  }

  private Chain binary(Expression.Binary binary) throws UnsupportedException {
    int algorithm = algorithm(binary.function());
    boolean commutes = algorithm == dnnl_binary_add || algorithm == dnnl_binary_mul;
    Expression x = binary.x();
    Expression y = binary.y();
    List<Expression> factors = new ArrayList<>();
    if (algorithm == dnnl_binary_div && !isLeaf(y) && factors(x, factors)) {
      return quotient(factors, y);
    }
    boolean carries = !isLeaf(y) || y instanceof Input; // two single numbers: start refuses them
    if (commutes && isLeaf(x) && !isFull(x, y) && carries) {
      return binary(new Expression.Binary(binary.function(), y, x));
    }
    if (isLeaf(x) && algorithm == dnnl_binary_sub && !isFull(x, y)) {
      Chain chain = chain(y); // x - y = -y + x
      chain.postOps.eltwise(dnnl_eltwise_linear, -1, 0).binary(dnnl_binary_add, leaf(x));
      return chain;
    }
    Operand second = isLeaf(y) ? leaf(y) : temporary(y);
    if (isLeaf(x)) {
      return start(algorithm, leaf(x), second);
    }
    Chain chain = chain(x);
    if (y instanceof Constant c && algorithm == dnnl_binary_mul) {
      chain.postOps.eltwise(dnnl_eltwise_linear, (float) c.value(), 0);
    } else if (y instanceof Constant c && algorithm == dnnl_binary_add) {
      chain.postOps.eltwise(dnnl_eltwise_linear, 1, (float) c.value());
    } else {
      chain.postOps.binary(algorithm, second);
    }
    return chain;
  }

  /** Collects the leaves of a product; false if the expression is not a product of leaves. */
  private static boolean factors(Expression expression, List<Expression> factors) {
    if (expression instanceof Expression.Binary product
        && product.function() == BinaryFunction.MULTIPLY) {
      return factors(product.x(), factors) && factors(product.y(), factors);
    }
    factors.add(expression);
    return isLeaf(expression);
  }

  /**
   * Computes 1 / y times the factors in one chain; a quotient of two products would need a
   * temporary.
   */
  private Chain quotient(List<Expression> factors, Expression y) throws UnsupportedException {
    Chain chain = chain(y);
    chain.postOps.eltwise(dnnl_eltwise_pow, 1, -1);
    for (Expression factor : factors) {
      if (factor instanceof Constant c) {
        chain.postOps.eltwise(dnnl_eltwise_linear, (float) c.value(), 0);
      } else {
        chain.postOps.binary(dnnl_binary_mul, leaf(factor));
      }
    }
    return chain;
  }

  /** Returns whether a leaf can start a primitive with the given other operand. */
  private static boolean isFull(Expression leaf, Expression other) {
    return leaf instanceof Input && isLeaf(other);
  }

  private static int algorithm(BinaryFunction function) throws UnsupportedException {
    return switch (function) {
      case ADD -> dnnl_binary_add;
      case SUBTRACT -> dnnl_binary_sub;
      case MULTIPLY -> dnnl_binary_mul;
      case DIVIDE -> dnnl_binary_div;
      default -> throw new UnsupportedException(); // max and min lose NaN
    };
  }

  private Operand temporary(Expression expression) throws UnsupportedException {
    Chain chain = chain(expression);
    Operand result = memory.temporary(temporaries++);
    emit(chain, result);
    return result;
  }

  private void emit(Chain chain, Operand destination) throws UnsupportedException {
    PrimitiveStep step =
        primitives.binary(chain.algorithm, chain.x, chain.y, destination, chain.postOps, true);
    if (step == null) {
      throw new UnsupportedException();
    }
    steps.add(step);
  }
}
