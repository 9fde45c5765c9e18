package dev.sinter.layers;

import dev.sinter.compile.LayerRule;
import dev.sinter.program.Op.Pooling;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The mean of each channel: vectors [B, C] of images [B, H, W, C]. Immutable: any number of threads
 * may use it. Source: Keras, layers/pooling/global_average_pooling2d.py.
 *
 * @param name null by default: the model makes one
 */
public record GlobalAveragePooling2D(@Nullable String name) implements Layer {
  /** Creates a layer. */
  public GlobalAveragePooling2D() {
    this(null);
  }

  /** Returns this layer with a name. */
  public GlobalAveragePooling2D name(String other) {
    return new GlobalAveragePooling2D(other);
  }

  @Override
  public String className() {
    return "GlobalAveragePooling2D";
  }

  @Override
  public List<LayerRule> rules() {
    return List.of(new PoolRule(Pooling.AVERAGE, null));
  }
}
