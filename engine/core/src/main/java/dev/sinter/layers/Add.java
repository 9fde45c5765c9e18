package dev.sinter.layers;

import dev.sinter.compile.LayerRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The sum of its inputs, element by element: x0 + x1 + .... All have the same shape. Immutable: any
 * number of threads may use it. Source: Keras, layers/merging/add.py.
 *
 * @param name null by default: the model makes one
 */
public record Add(@Nullable String name) implements MergeLayer {
  /** Creates a layer. */
  public Add() {
    this(null);
  }

  /** Returns this layer with a name. */
  public Add name(String other) {
    return new Add(other);
  }

  @Override
  public String className() {
    return "Add";
  }

  @Override
  public List<LayerRule> rules() {
    return List.of(MergeRule.ADD);
  }
}
