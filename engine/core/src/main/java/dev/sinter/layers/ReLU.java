package dev.sinter.layers;

import static dev.sinter.program.Expression.constant;
import static dev.sinter.program.Expression.input;

import dev.sinter.compile.LayerRule;
import dev.sinter.errors.InputException;
import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Expression;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Computes z from the threshold on, but at most maxValue, and negativeSlope (z - threshold) below
 * it; output [B, ...] like the input. Without settings it is the activation "relu", and costs
 * nothing behind a linear {@link Dense}. Immutable: any number of threads may use it. Source:
 * Keras, layers/activations/relu.py.
 *
 * <pre>{@code new ReLU().maxValue(6.0)}</pre>
 *
 * @param maxValue at least 0, or null for no bound
 * @param negativeSlope at least 0, 0 by default
 * @param threshold at least 0, 0 by default
 * @param name null by default: the model makes one
 */
public record ReLU(
    @Nullable Double maxValue, double negativeSlope, double threshold, @Nullable String name)
    implements ElementwiseLayer {
  public ReLU {
    if (maxValue != null && !(maxValue >= 0) || !(negativeSlope >= 0) || !(threshold >= 0)) {
      throw InputException.of(
          "ReLU",
          "settings of at least 0",
          "maxValue %s, negativeSlope %s, threshold %s"
              .formatted(maxValue, negativeSlope, threshold),
          "Correct the settings");
    }
  }

  /** Creates a layer of max(z, 0). */
  public ReLU() {
    this(null, 0, 0, null);
  }

  /** Returns this layer with an upper bound, or null for none. */
  public ReLU maxValue(@Nullable Double other) {
    return new ReLU(other, negativeSlope, threshold, name);
  }

  /** Returns this layer with a slope below the threshold. */
  public ReLU negativeSlope(double other) {
    return new ReLU(maxValue, other, threshold, name);
  }

  /** Returns this layer with a threshold. */
  public ReLU threshold(double other) {
    return new ReLU(maxValue, negativeSlope, other, name);
  }

  /** Returns this layer with a name. */
  public ReLU name(String other) {
    return new ReLU(maxValue, negativeSlope, threshold, other);
  }

  @Override
  public String className() {
    return "ReLU";
  }

  @Override
  public Expression forward() {
    Expression z = input(0);
    Expression below = z.minus(constant(threshold)).times(negativeSlope);
    Expression above = maxValue == null ? z : z.min(constant(maxValue));
    return new Expression.Select(constant(threshold).greater(z), below, above);
  }

  @Override
  public Expression derivative() {
    Expression z = input(0);
    Expression above = maxValue == null ? constant(1) : constant(maxValue).greater(z);
    return new Expression.Select(constant(threshold).greater(z), constant(negativeSlope), above);
  }

  @Override
  public List<LayerRule> rules() {
    boolean plain = maxValue == null && negativeSlope == 0 && threshold == 0;
    return plain
        ? List.of(new ActivationRule(ActivationFunction.RELU))
        : ElementwiseLayer.super.rules();
  }
}
