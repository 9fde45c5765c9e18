package dev.sinter.layers;

import dev.sinter.compile.LayerRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The first of two inputs minus the second, element by element: x0 - x1. All have the same shape.
 * Immutable: any number of threads may use it. Source: Keras, layers/merging/subtract.py.
 *
 * @param name null by default: the model makes one
 */
public record Subtract(@Nullable String name) implements MergeLayer {
  /** Creates a layer. */
  public Subtract() {
    this(null);
  }

  /** Returns this layer with a name. */
  public Subtract name(String other) {
    return new Subtract(other);
  }

  @Override
  public String className() {
    return "Subtract";
  }

  @Override
  public List<LayerRule> rules() {
    return List.of(MergeRule.SUBTRACT);
  }
}
