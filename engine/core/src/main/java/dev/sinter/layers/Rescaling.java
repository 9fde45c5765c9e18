package dev.sinter.layers;

import static dev.sinter.program.Expression.constant;
import static dev.sinter.program.Expression.input;

import dev.sinter.errors.InputException;
import dev.sinter.program.Expression;
import org.jspecify.annotations.Nullable;

/**
 * Computes x * scale + offset; output [B, ...] like the input. Immutable: any number of threads may
 * use it. Source: Keras, layers/preprocessing/rescaling.py.
 *
 * <pre>{@code new Rescaling(1 / 255.0) // bytes become numbers from 0 to 1}</pre>
 *
 * @param scale a finite factor
 * @param offset a finite addend, 0 by default
 * @param name null by default: the model makes one
 */
public record Rescaling(double scale, double offset, @Nullable String name)
    implements ElementwiseLayer {
  public Rescaling {
    if (!Double.isFinite(scale) || !Double.isFinite(offset)) {
      throw InputException.of(
          "Rescaling", "finite numbers", scale + " and " + offset, "Correct scale and offset");
    }
  }

  /** Creates a layer that multiplies. */
  public Rescaling(double scale) {
    this(scale, 0, null);
  }

  /** Creates a layer that multiplies and adds. */
  public Rescaling(double scale, double offset) {
    this(scale, offset, null);
  }

  /** Returns this layer with a name. */
  public Rescaling name(String other) {
    return new Rescaling(scale, offset, other);
  }

  @Override
  public String className() {
    return "Rescaling";
  }

  @Override
  public Expression forward() {
    Expression product = input(0).times(scale);
    return offset == 0 ? product : product.plus(constant(offset));
  }

  @Override
  public Expression derivative() {
    return constant(scale);
  }
}
