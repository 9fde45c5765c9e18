package dev.sinter.layers;

import dev.sinter.compile.LayerRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The smallest of its inputs, element by element: min(x0, x1, ...). All have the same shape. Inputs
 * that are equally small share the gradient. Immutable: any number of threads may use it. Source:
 * Keras, layers/merging/minimum.py.
 *
 * @param name null by default: the model makes one
 */
public record Minimum(@Nullable String name) implements MergeLayer {
  /** Creates a layer. */
  public Minimum() {
    this(null);
  }

  /** Returns this layer with a name. */
  public Minimum name(String other) {
    return new Minimum(other);
  }

  @Override
  public String className() {
    return "Minimum";
  }

  @Override
  public List<LayerRule> rules() {
    return List.of(MergeRule.MINIMUM);
  }
}
