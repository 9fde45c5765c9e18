package dev.sinter.compile;

import dev.sinter.compile.Network.LayerScope;
import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that the compiler knows about a layer: shapes, weights, forward and backward pass.
 *
 * <p>A rule is immutable and does not know the model. It emits its operations into a {@link
 * LayerScope}, which provides its inputs and weights. docs/architecture.md shows step by step how
 * to add a layer.
 */
public interface LayerRule {
  /**
   * Returns the shape of the output.
   *
   * @param layer its name, for messages
   * @param inputs the shape of each input
   * @throws dev.sinter.errors.InputException if the layer does not accept these inputs
   */
  Features outputs(String layer, List<Features> inputs);

  /**
   * Returns how many categories its inputs are indices of: whole numbers from 0 to below it. Data
   * that reaches the layer directly is checked for that. 0 if inputs may be any numbers.
   */
  default int categories() {
    return 0;
  }

  /** Returns the weights in saving order; none by default. */
  default List<Weight> weights(List<Features> inputs) {
    return List.of();
  }

  /** Emits the forward pass; returns the output [B, outputs]. */
  Value forward(LayerScope scope);

  /**
   * Emits the backward pass: overwrites the gradient of each trainable weight and returns the
   * gradient of each input, or null if {@link LayerScope#wantsGradient} is false for it.
   *
   * @param gradient the gradient of the output, [B, outputs]
   */
  List<@Nullable Value> backward(LayerScope scope, Value gradient);

  /**
   * Returns the activation function if this rule applies only an activation, otherwise linear. A
   * loss may absorb the last activation.
   */
  default ActivationFunction activation() {
    return ActivationFunction.LINEAR;
  }
}
