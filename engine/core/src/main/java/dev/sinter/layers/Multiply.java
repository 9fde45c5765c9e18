package dev.sinter.layers;

import dev.sinter.compile.LayerRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The product of its inputs, element by element: x0 x1 .... All have the same shape. Immutable: any
 * number of threads may use it. Source: Keras, layers/merging/multiply.py.
 *
 * @param name null by default: the model makes one
 */
public record Multiply(@Nullable String name) implements MergeLayer {
  /** Creates a layer. */
  public Multiply() {
    this(null);
  }

  /** Returns this layer with a name. */
  public Multiply name(String other) {
    return new Multiply(other);
  }

  @Override
  public String className() {
    return "Multiply";
  }

  @Override
  public List<LayerRule> rules() {
    return List.of(MergeRule.MULTIPLY);
  }
}
