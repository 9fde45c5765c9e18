package dev.sinter.program;

import static dev.sinter.program.Expression.constant;
import static dev.sinter.program.Expression.input;

import dev.sinter.errors.KnownNames;
import dev.sinter.program.Expression.UnaryFunction;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The activation functions: a = f(z), and the derivative f'(z) written as a function of the output
 * a, or of a and z.
 *
 * <p>Softmax works on whole rows and has no expression; see {@link Op.Softmax}. Source: Keras,
 * activations/activations.py.
 *
 * <p>Immutable: any number of threads may use it.
 */
public enum ActivationFunction {
  /** a = z. */
  LINEAR(input(0), constant(1)),
  /** a = max(z, 0); the derivative is 0 at 0. */
  RELU(input(0).max(constant(0)), input(0).greater(constant(0))),
  /** a = 1 / (1 + exp(-z)), derivative a (1 - a). */
  SIGMOID(input(0).apply(UnaryFunction.SIGMOID), input(0).times(constant(1).minus(input(0)))),
  /** a = tanh(z), derivative 1 - a^2. */
  TANH(input(0).apply(UnaryFunction.TANH), constant(1).minus(input(0).apply(UnaryFunction.SQUARE))),
  /** a_j = exp(z_j) / sum_k exp(z_k), over each row. */
  SOFTMAX(null, null),
  /** a = z above 0, else exp(z) - 1. Clevert et al., ICLR 2016. */
  ELU(Formulas.elu(1, 1), Formulas.eluDerivative(1, 1)),
  /** a = 1.0507 z above 0, else 1.0507 * 1.6733 (exp(z) - 1). Klambauer et al., NIPS 2017. */
  SELU(
      Formulas.elu(Formulas.SELU_SCALE, Formulas.SELU_ALPHA),
      Formulas.eluDerivative(Formulas.SELU_SCALE, Formulas.SELU_ALPHA)),
  /** a = z Phi(z), Phi the normal distribution: Keras's default, not the approximation by tanh. */
  GELU(input(0).times(Formulas.normal(input(0))), Formulas.geluDerivative()),
  /** a = log(1 + exp(z)), derivative 1 / (1 + exp(-z)). */
  SOFTPLUS(Formulas.softplus(), input(1).apply(UnaryFunction.SIGMOID)),
  /** a = z / (1 + |z|), derivative (1 - |a|)^2. */
  SOFTSIGN(
      input(0).over(constant(1).plus(Formulas.absolute(input(0)))),
      constant(1).minus(Formulas.absolute(input(0))).apply(UnaryFunction.SQUARE)),
  /** a = max(z, 0.2 z); the derivative is 0.2 at 0. */
  LEAKY_RELU(
      input(0).max(input(0).times(0.2)),
      new Expression.Select(input(0).greater(constant(0)), constant(1), constant(0.2))),
  /** a = z / (1 + exp(-z)); "swish" is another name of it. */
  SILU(input(0).times(input(0).apply(UnaryFunction.SIGMOID)), Formulas.siluDerivative()),
  /** a = min(max(z + 3, 0), 6) / 6; the derivative is 0 at -3 and at 3. */
  HARD_SIGMOID(
      input(0).plus(constant(3)).max(constant(0)).min(constant(6)).over(constant(6)),
      input(0).greater(constant(0)).times(constant(1).greater(input(0))).over(constant(6))),
  /** a = exp(z), derivative a. */
  EXPONENTIAL(input(0).apply(UnaryFunction.EXP), input(0));

  private static final KnownNames<ActivationFunction> KNOWN =
      KnownNames.of("activation", List.of(values()), ActivationFunction::toString)
          .with("swish", SILU);

  private final @Nullable Expression forward; // null unless elementwise
  private final @Nullable Expression derivative; // null unless elementwise

  ActivationFunction(@Nullable Expression forward, @Nullable Expression derivative) {
    this.forward = forward;
    this.derivative = derivative;
  }

  /** Returns the activation with the given Keras name, in any case. */
  public static ActivationFunction of(String name) {
    return KNOWN.get(name);
  }

  /** Returns whether each output element depends on only one input element. */
  public boolean isElementwise() {
    return forward != null;
  }

  /**
   * Returns whether it may be part of a product, that is of an {@link Op.Dense} and an {@link
   * Op.DenseGradInput}. The others are operations of their own.
   */
  public boolean isFoldable() {
    return this == LINEAR || this == RELU || this == SIGMOID || this == TANH;
  }

  /** Returns a = f(Input 0); elementwise functions only. */
  public Expression forward() {
    return Objects.requireNonNull(forward, "elementwise functions only");
  }

  /**
   * Returns f' as a function of Input 0 = a, the output, and in those that are not foldable perhaps
   * of Input 1 = z; elementwise functions only.
   */
  public Expression derivative() {
    return Objects.requireNonNull(derivative, "elementwise functions only");
  }

  /** Returns the name in Keras, lower case. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Parts of the formulas: an enum's constants cannot use static fields of their own. */
  private static final class Formulas {
    static final double SELU_ALPHA = 1.6732632423543772;
    static final double SELU_SCALE = 1.0507009873554805;

    static Expression elu(double scale, double alpha) {
      Expression z = input(0);
      Expression below = z.apply(UnaryFunction.EXP).minus(constant(1)).times(scale * alpha);
      return new Expression.Select(z.greater(constant(0)), z.times(scale), below);
    }

    static Expression eluDerivative(double scale, double alpha) {
      Expression a = input(0);
      Expression above = a.greater(constant(0));
      return new Expression.Select(above, constant(scale), a.plus(constant(scale * alpha)));
    }

    static Expression absolute(Expression x) {
      return x.max(x.apply(UnaryFunction.NEGATE));
    }

    /** The probability that a normal number of mean 0 and variance 1 is below x. */
    static Expression normal(Expression x) {
      Expression erf = x.times(Math.sqrt(0.5)).apply(UnaryFunction.ERF);
      return erf.plus(constant(1)).times(0.5);
    }

    /** Phi(z) + z phi(z), phi the density of Phi. */
    static Expression geluDerivative() {
      Expression z = input(1);
      Expression density =
          z.apply(UnaryFunction.SQUARE)
              .times(-0.5)
              .apply(UnaryFunction.EXP)
              .times(1 / Math.sqrt(2 * Math.PI));
      return normal(z).plus(z.times(density));
    }

    /**
     * max(z, 0) + log(1 + u), u = exp(-|z|). A small u would be lost in w = 1 + u, but u log(w) /
     * (w - 1) keeps it: the error of w cancels.
     */
    static Expression softplus() {
      Expression z = input(0);
      Expression u = absolute(z).apply(UnaryFunction.NEGATE).apply(UnaryFunction.EXP);
      Expression w = u.plus(constant(1));
      Expression kept = u.times(w.apply(UnaryFunction.LOG)).over(w.minus(constant(1)));
      return z.max(constant(0)).plus(new Expression.Select(w.equalTo(constant(1)), u, kept));
    }

    /** s + a (1 - s), s the sigmoid of z. */
    static Expression siluDerivative() {
      Expression s = input(1).apply(UnaryFunction.SIGMOID);
      return s.plus(input(0).times(constant(1).minus(s)));
    }
  }
}
