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
 * a.
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
  SOFTMAX(null, null);

  private static final KnownNames<ActivationFunction> KNOWN =
      KnownNames.of("activation", List.of(values()), ActivationFunction::toString);

  private final @Nullable Expression forward; // null unless elementwise
  private final @Nullable Expression derivative; // null unless elementwise

  ActivationFunction(@Nullable Expression forward, @Nullable Expression derivative) {
    this.forward = forward;
    this.derivative = derivative;
  }

  /** Returns the activation with the given Keras name. */
  public static ActivationFunction of(String name) {
    return KNOWN.get(name);
  }

  /** Returns whether each output element depends on only one input element. */
  public boolean isElementwise() {
    return forward != null;
  }

  /** Returns a = f(Input 0); elementwise functions only. */
  public Expression forward() {
    return Objects.requireNonNull(forward, "elementwise functions only");
  }

  /** Returns f' as a function of Input 0 = a, the output; elementwise functions only. */
  public Expression derivative() {
    return Objects.requireNonNull(derivative, "elementwise functions only");
  }

  /** Returns the name in Keras, lower case. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
