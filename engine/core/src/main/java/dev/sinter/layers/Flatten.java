package dev.sinter.layers;

import dev.sinter.compile.LayerRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes vectors of samples: [B, H, W, C] becomes [B, H W C], row-major. Costs nothing. Immutable:
 * any number of threads may use it. Source: Keras, layers/reshaping/flatten.py.
 *
 * @param name null by default: the model makes one
 */
public record Flatten(@Nullable String name) implements Layer {
  /** Creates a layer. */
  public Flatten() {
    this(null);
  }

  /** Returns this layer with a name. */
  public Flatten name(String other) {
    return new Flatten(other);
  }

  @Override
  public String className() {
    return "Flatten";
  }

  @Override
  public List<LayerRule> rules() {
    return List.of(new ReshapeRule(List.of(-1)));
  }
}
