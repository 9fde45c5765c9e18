package dev.sinter.layers;

import static dev.sinter.program.Expression.constant;
import static dev.sinter.program.Expression.input;

import dev.sinter.errors.InputException;
import dev.sinter.program.Expression;
import dev.sinter.program.Expression.UnaryFunction;

/**
 * l1 |w| + l2 w^2; the derivative of |w| at 0 is 0. Immutable: any number of threads may use it.
 *
 * @param l1 at least 0
 * @param l2 at least 0
 */
public record L1L2(double l1, double l2) implements Regularizer {
  public L1L2 {
    for (double factor : new double[] {l1, l2}) {
      if (!(factor >= 0) || Double.isInfinite(factor)) {
        throw InputException.of(
            "regularizer", "factors of at least 0", factor, "Correct the factor");
      }
    }
  }

  @Override
  public Expression value() {
    Expression w = input(0);
    Expression first = w.max(w.apply(UnaryFunction.NEGATE)).times(l1);
    Expression second = w.apply(UnaryFunction.SQUARE).times(l2);
    return l2 == 0 ? first : l1 == 0 ? second : first.plus(second);
  }

  @Override
  public Expression derivative() {
    Expression w = input(0);
    Expression first = w.greater(constant(0)).minus(constant(0).greater(w)).times(l1);
    Expression second = w.times(2 * l2);
    return l2 == 0 ? first : l1 == 0 ? second : first.plus(second);
  }
}
