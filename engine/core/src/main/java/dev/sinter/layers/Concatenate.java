package dev.sinter.layers;

import dev.sinter.compile.LayerRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Its inputs side by side along the last axis: [4] and [6] become [10], images [28, 28, 1] and [28,
 * 28, 3] become [28, 28, 4]. Immutable: any number of threads may use it. Source: Keras,
 * layers/merging/concatenate.py.
 *
 * @param name null by default: the model makes one
 */
public record Concatenate(@Nullable String name) implements MergeLayer {
  /** Creates a layer. */
  public Concatenate() {
    this(null);
  }

  /** Returns this layer with a name. */
  public Concatenate name(String other) {
    return new Concatenate(other);
  }

  @Override
  public String className() {
    return "Concatenate";
  }

  @Override
  public List<LayerRule> rules() {
    return List.of(new ConcatenateRule());
  }
}
