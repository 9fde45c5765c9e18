package dev.sinter.layers;

import dev.sinter.compile.LayerRule;
import dev.sinter.program.ActivationFunction;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Applies an activation function to its input; output [B, D] like the input. Behind a linear {@link
 * Dense} it costs nothing: the compiler folds it in. Immutable: any number of threads may use it.
 * Source: Keras, layers/activations/activation.py.
 *
 * @param function what to apply
 * @param name null by default: the model makes one
 */
public record Activation(ActivationFunction function, @Nullable String name) implements Layer {
  public Activation {
    Objects.requireNonNull(function, "function");
  }

  /** Creates a layer for a function. */
  public Activation(ActivationFunction function) {
    this(function, null);
  }

  /** Creates a layer for a function by Keras's name. */
  public Activation(String function) {
    this(ActivationFunction.of(function), null);
  }

  /** Returns this layer with a name. */
  public Activation name(String other) {
    return new Activation(function, other);
  }

  @Override
  public String className() {
    return "Activation";
  }

  @Override
  public List<LayerRule> rules() {
    return List.of(new ActivationRule(function));
  }
}
