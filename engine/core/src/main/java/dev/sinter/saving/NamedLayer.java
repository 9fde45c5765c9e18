package dev.sinter.saving;

import dev.sinter.layers.Layer;
import java.util.Objects;

/**
 * A layer and the name that it has in its model: its own, or the one that the model made for it. A
 * reader of files gives every layer its name. Immutable: any number of threads may use it.
 *
 * @param name unique in the model; the first part of its weights' names
 * @param layer the description
 */
public record NamedLayer(String name, Layer layer) {
  public NamedLayer {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(layer, "layer");
  }
}
