package dev.sinter.layers;

import dev.sinter.compile.LayerRule;
import dev.sinter.program.Op.Pooling;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The maximum of each window of each channel: output [B, windows down, windows across, C] of images
 * [B, H, W, C]. The gradient goes to the first maximum of a window, row by row. Immutable: any
 * number of threads may use it. Source: Keras, layers/pooling/max_pooling2d.py.
 *
 * @param poolSize height and width of a window, 2 x 2 by default
 * @param strides down and across, the pool size by default
 * @param padding valid by default
 * @param name null by default: the model makes one
 */
public record MaxPooling2D(
    List<Integer> poolSize, List<Integer> strides, Padding padding, @Nullable String name)
    implements Layer {
  public MaxPooling2D {
    String where = "MaxPooling2D" + (name == null ? "" : " " + name);
    poolSize = Windows.pair(where + ", pool size", poolSize);
    strides = Windows.pair(where + ", strides", strides);
    Objects.requireNonNull(padding, "padding");
  }

  /** Creates a layer with windows of 2 x 2. */
  public MaxPooling2D() {
    this(2);
  }

  /** Creates a layer with square windows. */
  public MaxPooling2D(int poolSize) {
    this(poolSize, poolSize);
  }

  /** Creates a layer. */
  public MaxPooling2D(int poolHeight, int poolWidth) {
    this(List.of(poolHeight, poolWidth), List.of(poolHeight, poolWidth), Padding.VALID, null);
  }

  /** Returns this layer with equal strides down and across. */
  public MaxPooling2D strides(int stride) {
    return strides(stride, stride);
  }

  /** Returns this layer with other strides. */
  public MaxPooling2D strides(int down, int across) {
    return new MaxPooling2D(poolSize, List.of(down, across), padding, name);
  }

  /** Returns this layer with another padding. */
  public MaxPooling2D padding(Padding other) {
    return new MaxPooling2D(poolSize, strides, other, name);
  }

  /** Returns this layer with another padding, valid or same. */
  public MaxPooling2D padding(String other) {
    return padding(Padding.of(other));
  }

  /** Returns this layer with a name. */
  public MaxPooling2D name(String other) {
    return new MaxPooling2D(poolSize, strides, padding, other);
  }

  @Override
  public String className() {
    return "MaxPooling2D";
  }

  @Override
  public List<LayerRule> rules() {
    return List.of(
        new PoolRule(Pooling.MAXIMUM, new Windows("pool size", poolSize, strides, padding)));
  }
}
