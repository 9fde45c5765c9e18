package dev.sinter.compile;

import dev.sinter.compile.Network.LayerScope;
import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Value;
import java.util.List;

/**
 * All that the compiler knows of a layer, in one place: shapes, weights, forward and backward pass.
 *
 * <p>A rule is immutable and knows no model: where it stands is said by the {@link LayerScope} that
 * it writes its operations to. docs/architecture.md adds a layer step by step.
 */
public interface LayerRule {
  /**
   * Returns the shape of what goes out.
   *
   * @param layer its name, for messages
   * @param inputs the shape of each input
   * @throws dev.sinter.errors.InputException when the layer cannot take these inputs
   */
  Features outputs(String layer, List<Features> inputs);

  /** Returns the weights in the order in which they are saved; none by default. */
  default List<Weight> weights(List<Features> inputs) {
    return List.of();
  }

  /** Emits the forward pass; returns what goes out, [B, outputs]. */
  Value forward(LayerScope scope);

  /**
   * Emits the backward pass: overwrites the gradient of each trainable weight, and returns the
   * gradient by each input; null for one that {@link LayerScope#wantsGradient} does not want.
   *
   * @param gradient by what went out, [B, outputs]
   */
  List<Value> backward(LayerScope scope, Value gradient);

  /**
   * Returns the activation function that this rule applies and nothing else; linear where it does
   * something else. A loss may take the place of the last one.
   */
  default ActivationFunction activation() {
    return ActivationFunction.LINEAR;
  }
}
