package dev.sinter.losses;

import static dev.sinter.program.Expression.constant;
import static dev.sinter.program.Expression.input;

import dev.sinter.program.Expression;
import dev.sinter.program.Expression.UnaryFunction;

/** An elementwise loss that has a name, Keras's. */
record NamedLoss(String name, Expression element, Expression derivative, boolean isSummed)
    implements ElementwiseLoss {
  /** Keras's backend epsilon. */
  static final double EPSILON = 1e-7;

  private static final Expression P = input(0);
  private static final Expression Y = input(1);
  private static final Expression ERROR = P.minus(Y);

  private NamedLoss(String name, Expression element, Expression derivative) {
    this(name, element, derivative, false);
  }

  static Expression absolute(Expression x) {
    return x.max(x.apply(UnaryFunction.NEGATE));
  }

  static Loss meanSquaredError() {
    return new NamedLoss("mean_squared_error", ERROR.apply(UnaryFunction.SQUARE), ERROR.times(2));
  }

  static Loss meanAbsoluteError() {
    return new NamedLoss("mean_absolute_error", P.max(Y).minus(P.min(Y)), sign());
  }

  /** Returns the derivative of |p - y|: 0 at 0. */
  private static Expression sign() {
    return P.greater(Y).minus(Y.greater(P));
  }

  static Loss meanAbsolutePercentageError() {
    Expression share = absolute(Y).max(constant(EPSILON));
    return new NamedLoss(
        "mean_absolute_percentage_error",
        absolute(ERROR).over(share).times(100),
        sign().times(100).over(share));
  }

  static Loss meanSquaredLogarithmicError() {
    Expression p = P.max(constant(EPSILON)).plus(constant(1));
    Expression y = Y.max(constant(EPSILON)).plus(constant(1));
    Expression error = p.apply(UnaryFunction.LOG).minus(y.apply(UnaryFunction.LOG));
    return new NamedLoss(
        "mean_squared_logarithmic_error",
        error.apply(UnaryFunction.SQUARE),
        error.times(2).over(p).times(P.greater(constant(EPSILON))));
  }

  /** |e| + log(1 + exp(-2 |e|)) - log 2, which overflows for no e. */
  static Loss logCosh() {
    Expression size = absolute(ERROR);
    Expression rest = constant(1).plus(size.times(-2).apply(UnaryFunction.EXP));
    return new NamedLoss(
        "log_cosh",
        size.plus(rest.apply(UnaryFunction.LOG)).minus(constant(Math.log(2))),
        ERROR.apply(UnaryFunction.TANH));
  }

  static Loss klDivergence() {
    Expression y = Y.max(constant(EPSILON)).min(constant(1));
    Expression p = P.max(constant(EPSILON)).min(constant(1));
    Expression outside = constant(EPSILON).greater(P).plus(P.greater(constant(1)));
    Expression slope = y.over(p).apply(UnaryFunction.NEGATE);
    return new NamedLoss(
        "kl_divergence",
        y.times(y.over(p).apply(UnaryFunction.LOG)),
        new Expression.Select(outside, constant(0), slope),
        true);
  }

  static Loss poisson() {
    Expression p = P.plus(constant(EPSILON));
    return new NamedLoss(
        "poisson", P.minus(Y.times(p.apply(UnaryFunction.LOG))), constant(1).minus(Y.over(p)));
  }

  static Loss hinge() {
    return new NamedLoss(
        "hinge",
        margin().max(constant(0)),
        sides().times(margin().greater(constant(0))).apply(UnaryFunction.NEGATE));
  }

  static Loss squaredHinge() {
    Expression missing = margin().max(constant(0));
    return new NamedLoss(
        "squared_hinge", missing.apply(UnaryFunction.SQUARE), sides().times(missing).times(-2));
  }

  /** Returns the label as -1 or 1, where it may be 0 or 1. */
  private static Expression sides() {
    return new Expression.Select(Y, Y, constant(-1));
  }

  private static Expression margin() {
    return constant(1).minus(sides().times(P));
  }

  @Override
  public String toString() {
    return name;
  }
}
