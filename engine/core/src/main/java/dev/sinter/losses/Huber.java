package dev.sinter.losses;

import static dev.sinter.program.Expression.constant;
import static dev.sinter.program.Expression.input;

import dev.sinter.errors.InputException;
import dev.sinter.program.Expression;

/**
 * Quadratic for small errors, linear beyond: mean over the outputs of e^2 / 2 where |e| is at most
 * delta, else delta (|e| - delta / 2), with e = p - y. Huber, 1964. Immutable: any number of
 * threads may use it. Source: Keras, losses/losses.py.
 *
 * @param delta where it turns, above 0; default 1
 */
public record Huber(double delta) implements ElementwiseLoss {
  private static final Expression ERROR = input(0).minus(input(1));

  public Huber {
    if (!(delta > 0 && delta <= Float.MAX_VALUE)) {
      throw InputException.of("huber, delta", "a number above 0", delta, "Correct it");
    }
  }

  /** Creates the loss with a delta of 1. */
  public Huber() {
    this(1);
  }

  @Override
  public String name() {
    return "huber";
  }

  @Override
  public Expression element() {
    Expression size = NamedLoss.absolute(ERROR);
    return new Expression.Select(
        size.greater(constant(delta)),
        size.minus(constant(delta / 2)).times(delta),
        ERROR.times(ERROR).times(0.5));
  }

  @Override
  public Expression derivative() {
    return ERROR.max(constant(-delta)).min(constant(delta));
  }

  /** Returns the name, with the delta if it is not 1. */
  @Override
  public String toString() {
    return name() + (delta == 1 ? "" : ", delta " + delta);
  }
}
