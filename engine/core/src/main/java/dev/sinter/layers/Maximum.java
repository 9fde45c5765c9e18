package dev.sinter.layers;

import dev.sinter.compile.LayerRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The largest of its inputs, element by element: max(x0, x1, ...). All have the same shape. Inputs
 * that are equally large share the gradient. Immutable: any number of threads may use it. Source:
 * Keras, layers/merging/maximum.py.
 *
 * @param name null by default: the model makes one
 */
public record Maximum(@Nullable String name) implements MergeLayer {
  /** Creates a layer. */
  public Maximum() {
    this(null);
  }

  /** Returns this layer with a name. */
  public Maximum name(String other) {
    return new Maximum(other);
  }

  @Override
  public String className() {
    return "Maximum";
  }

  @Override
  public List<LayerRule> rules() {
    return List.of(MergeRule.MAXIMUM);
  }
}
