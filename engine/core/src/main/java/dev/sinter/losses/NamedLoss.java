package dev.sinter.losses;

import static dev.sinter.program.Expression.input;

import dev.sinter.program.Expression;
import dev.sinter.program.Expression.UnaryFunction;

/** An elementwise loss that has a name, Keras's. */
record NamedLoss(String name, Expression element, Expression derivative)
    implements ElementwiseLoss {
  static Loss meanSquaredError() {
    Expression error = input(0).minus(input(1));
    return new NamedLoss("mean_squared_error", error.apply(UnaryFunction.SQUARE), error.times(2));
  }

  static Loss meanAbsoluteError() {
    Expression over = input(0).greater(input(1));
    Expression under = input(1).greater(input(0));
    Expression absolute = input(0).max(input(1)).minus(input(0).min(input(1)));
    return new NamedLoss("mean_absolute_error", absolute, over.minus(under));
  }

  @Override
  public String toString() {
    return name;
  }
}
