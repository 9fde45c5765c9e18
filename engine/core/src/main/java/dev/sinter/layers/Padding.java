package dev.sinter.layers;

import dev.sinter.errors.KnownNames;
import java.util.List;
import java.util.Locale;

/**
 * What happens at the borders of an image. Immutable: any number of threads may use it. Source:
 * Keras, layers/convolutional/base_conv.py.
 */
public enum Padding {
  /** Only windows that lie within the image. */
  VALID,
  /**
   * As many windows as the image has pixels, divided by the strides: a convolution sees zeros
   * around the image, a pooling nothing.
   */
  SAME;

  private static final KnownNames<Padding> KNOWN =
      KnownNames.of("padding", List.of(values()), Padding::toString);

  /** Returns the padding with the given Keras name. */
  public static Padding of(String name) {
    return KNOWN.get(name);
  }

  /** Returns the name in Keras, lower case. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
