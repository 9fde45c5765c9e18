package dev.sinter.layers;

import static dev.sinter.program.Expression.constant;
import static dev.sinter.program.Expression.input;

import dev.sinter.errors.InputException;
import dev.sinter.program.Expression;
import dev.sinter.program.Expression.UnaryFunction;
import org.jspecify.annotations.Nullable;

/**
 * Computes z above 0, else alpha (exp(z) - 1); output [B, ...] like the input. Immutable: any
 * number of threads may use it. Source: Keras, layers/activations/elu.py.
 *
 * @param alpha a finite number, 1 by default
 * @param name null by default: the model makes one
 */
public record ELU(double alpha, @Nullable String name) implements ElementwiseLayer {
  public ELU {
    if (!Double.isFinite(alpha)) {
      throw InputException.of("ELU", "a finite alpha", alpha, "Correct alpha");
    }
  }

  /** Creates a layer with an alpha of 1. */
  public ELU() {
    this(1);
  }

  /** Creates a layer. */
  public ELU(double alpha) {
    this(alpha, null);
  }

  /** Returns this layer with a name. */
  public ELU name(String other) {
    return new ELU(alpha, other);
  }

  @Override
  public String className() {
    return "ELU";
  }

  @Override
  public Expression forward() {
    Expression z = input(0);
    Expression below = z.apply(UnaryFunction.EXP).minus(constant(1)).times(alpha);
    return new Expression.Select(z.greater(constant(0)), z, below);
  }

  @Override
  public Expression derivative() {
    Expression z = input(0);
    Expression below = input(1).plus(constant(alpha));
    return new Expression.Select(z.greater(constant(0)), constant(1), below);
  }
}
