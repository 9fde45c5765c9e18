package dev.sinter.layers;

import dev.sinter.compile.LayerRule;
import dev.sinter.program.ActivationFunction;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Applies softmax to each sample, a vector; output [B, D] like the input. Immutable: any number of
 * threads may use it. Source: Keras, layers/activations/softmax.py.
 *
 * @param name null by default: the model makes one
 */
public record Softmax(@Nullable String name) implements Layer {
  /** Creates a layer. */
  public Softmax() {
    this(null);
  }

  /** Returns this layer with a name. */
  public Softmax name(String other) {
    return new Softmax(other);
  }

  @Override
  public String className() {
    return "Softmax";
  }

  @Override
  public List<LayerRule> rules() {
    return List.of(new ActivationRule(ActivationFunction.SOFTMAX));
  }
}
