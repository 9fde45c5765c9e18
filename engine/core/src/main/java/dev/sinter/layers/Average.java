package dev.sinter.layers;

import dev.sinter.compile.LayerRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The mean of its inputs, element by element: (x0 + x1 + ...) / n. All have the same shape.
 * Immutable: any number of threads may use it. Source: Keras, layers/merging/average.py.
 *
 * @param name null by default: the model makes one
 */
public record Average(@Nullable String name) implements MergeLayer {
  /** Creates a layer. */
  public Average() {
    this(null);
  }

  /** Returns this layer with a name. */
  public Average name(String other) {
    return new Average(other);
  }

  @Override
  public String className() {
    return "Average";
  }

  @Override
  public List<LayerRule> rules() {
    return List.of(MergeRule.AVERAGE);
  }
}
