package dev.sinter.layers;

import static dev.sinter.program.Expression.constant;
import static dev.sinter.program.Expression.input;

import dev.sinter.errors.InputException;
import dev.sinter.program.Expression;
import org.jspecify.annotations.Nullable;

/**
 * Computes z above 0, else negativeSlope z; output [B, ...] like the input. The derivative at 0 is
 * the slope. Immutable: any number of threads may use it. Source: Keras,
 * layers/activations/leaky_relu.py.
 *
 * @param negativeSlope at least 0, 0.3 by default; the activation "leaky_relu" has 0.2
 * @param name null by default: the model makes one
 */
public record LeakyReLU(double negativeSlope, @Nullable String name) implements ElementwiseLayer {
  public LeakyReLU {
    if (!(negativeSlope >= 0 && negativeSlope < Double.POSITIVE_INFINITY)) {
      throw InputException.of(
          "LeakyReLU", "a slope of at least 0", negativeSlope, "Correct the slope");
    }
  }

  /** Creates a layer with a slope of 0.3. */
  public LeakyReLU() {
    this(0.3);
  }

  /** Creates a layer. */
  public LeakyReLU(double negativeSlope) {
    this(negativeSlope, null);
  }

  /** Returns this layer with a name. */
  public LeakyReLU name(String other) {
    return new LeakyReLU(negativeSlope, other);
  }

  @Override
  public String className() {
    return "LeakyReLU";
  }

  @Override
  public Expression forward() {
    Expression z = input(0);
    return new Expression.Select(z.greater(constant(0)), z, z.times(negativeSlope));
  }

  @Override
  public Expression derivative() {
    Expression above = input(0).greater(constant(0));
    return new Expression.Select(above, constant(1), constant(negativeSlope));
  }
}
