package dev.sinter.losses;

import static dev.sinter.program.Expression.constant;
import static dev.sinter.program.Expression.input;

import dev.sinter.errors.InputException;
import dev.sinter.program.Expression;
import dev.sinter.program.Expression.BinaryFunction;
import dev.sinter.program.Expression.UnaryFunction;
import org.jspecify.annotations.Nullable;

/**
 * Binary cross-entropy that counts samples less the surer and righter the model is: mean over the
 * outputs of (1 - t)^gamma times the cross-entropy, where t = y p + (1 - y)(1 - p). Lin et al.,
 * 2017. Immutable: any number of threads may use it.
 *
 * <p>Probabilities are clipped to [1e-7, 1 - 1e-7] in the cross-entropy. Source: Keras,
 * losses/losses.py.
 *
 * @param gamma at least 0, default 2
 * @param alpha the weight of label 1, from 0 to 1, while label 0 weighs 1 - alpha; null, the
 *     default, where both weigh the same
 * @param fromLogits whether the outputs are logits, default false
 * @param labelSmoothing s, from 0 to 1, default 0: a label y counts as y (1 - s) + s / 2
 */
public record BinaryFocalCrossentropy(
    double gamma, @Nullable Double alpha, boolean fromLogits, double labelSmoothing)
    implements ElementwiseLoss {
  private static final Expression P = input(0);
  private static final Expression Y = input(1);
  private static final Expression ONE = constant(1);

  public BinaryFocalCrossentropy {
    require(gamma >= 0 && gamma <= Float.MAX_VALUE, "gamma", "at least 0", gamma);
    require(alpha == null || alpha >= 0 && alpha <= 1, "alpha", "from 0 to 1", alpha);
    require(
        labelSmoothing >= 0 && labelSmoothing <= 1,
        "label smoothing",
        "from 0 to 1",
        labelSmoothing);
  }

  /** Creates the loss with gamma 2. */
  public BinaryFocalCrossentropy() {
    this(2, null, false, 0);
  }

  private static void require(
      boolean legal, String option, String expected, @Nullable Object received) {
    if (!legal) {
      throw InputException.of(
          "binary_focal_crossentropy, " + option, "a number " + expected, received, "Correct it");
    }
  }

  /** Returns this loss with another gamma. */
  public BinaryFocalCrossentropy gamma(double value) {
    return new BinaryFocalCrossentropy(value, alpha, fromLogits, labelSmoothing);
  }

  /** Returns this loss with class balancing: label 1 weighs alpha, label 0 the rest. */
  public BinaryFocalCrossentropy alpha(double value) {
    return new BinaryFocalCrossentropy(gamma, value, fromLogits, labelSmoothing);
  }

  /** Returns this loss for outputs that are logits, those of a linear layer, or probabilities. */
  public BinaryFocalCrossentropy fromLogits(boolean value) {
    return new BinaryFocalCrossentropy(gamma, alpha, value, labelSmoothing);
  }

  /** Returns this loss with label smoothing. */
  public BinaryFocalCrossentropy labelSmoothing(double value) {
    return new BinaryFocalCrossentropy(gamma, alpha, fromLogits, value);
  }

  @Override
  public String name() {
    return "binary_focal_crossentropy";
  }

  /** Returns 1 - t. */
  private static Expression miss() {
    return ONE.minus(Y.times(P)).minus(ONE.minus(Y).times(ONE.minus(P)));
  }

  private static Expression entropy() {
    Expression p = P.max(constant(NamedLoss.EPSILON)).min(constant(1 - NamedLoss.EPSILON));
    return Y.times(p.apply(UnaryFunction.LOG))
        .plus(ONE.minus(Y).times(ONE.minus(p).apply(UnaryFunction.LOG)))
        .apply(UnaryFunction.NEGATE);
  }

  private static Expression power(Expression base, double exponent) {
    if (exponent == 0 || exponent == 1) {
      return exponent == 0 ? ONE : base;
    }
    return new Expression.Binary(BinaryFunction.POWER, base, constant(exponent));
  }

  /** Returns an expression of p and y as one of outputs and labels, times the class's weight. */
  private Expression ofOutputs(Expression e) {
    Expression balanced =
        alpha == null ? e : e.times(Y.times(alpha).plus(ONE.minus(Y).times(1 - alpha)));
    Expression y =
        labelSmoothing == 0 ? Y : Y.times(1 - labelSmoothing).plus(constant(labelSmoothing / 2));
    return balanced.substitute(fromLogits ? P.apply(UnaryFunction.SIGMOID) : P, y);
  }

  @Override
  public Expression element() {
    return ofOutputs(power(miss(), gamma).times(entropy()));
  }

  /** Returns m^g dH/dp + g m^(g - 1) (1 - 2 y) H for m = 1 - t and H, the cross-entropy. */
  @Override
  public Expression derivative() {
    Expression outside =
        constant(NamedLoss.EPSILON).greater(P).plus(P.greater(constant(1 - NamedLoss.EPSILON)));
    Expression slope = P.minus(Y).over(P.times(ONE.minus(P)));
    Expression result =
        power(miss(), gamma).times(new Expression.Select(outside, constant(0), slope));
    if (gamma > 0) {
      Expression ofMiss = ONE.minus(Y.times(2)).times(gamma);
      result = result.plus(power(miss(), gamma - 1).times(ofMiss).times(entropy()));
    }
    return ofOutputs(fromLogits ? result.times(P.times(ONE.minus(P))) : result);
  }

  /** Returns the name, with the options that are not defaults. */
  @Override
  public String toString() {
    return name()
        + (gamma == 2 ? "" : ", gamma " + gamma)
        + (alpha == null ? "" : ", alpha " + alpha)
        + (fromLogits ? ", from logits" : "")
        + (labelSmoothing == 0 ? "" : ", label smoothing " + labelSmoothing);
  }
}
