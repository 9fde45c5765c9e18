package dev.sinter;

import dev.sinter.errors.InputException;
import dev.sinter.layers.Layer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Names layers as Keras does: the class name in snake case, then _1, _2, ...; names given by the
 * user must be unique.
 */
final class LayerNames {
  private LayerNames() {}

  static List<String> of(List<Layer> layers) {
    Set<String> taken = new HashSet<>();
    for (Layer layer : layers) {
      if (layer.name() != null && !taken.add(layer.name())) {
        throw InputException.of(
            "model",
            "layer names that differ",
            "\"" + layer.name() + "\" twice",
            "Rename one of the layers");
      }
    }
    List<String> names = new ArrayList<>();
    for (Layer layer : layers) {
      names.add(layer.name() != null ? layer.name() : automatic(layer, taken));
    }
    return names;
  }

  private static String automatic(Layer layer, Set<String> taken) {
    String base =
        layer
            .className()
            .replaceAll("(.)([A-Z][a-z0-9]+)", "$1_$2")
            .replaceAll("([a-z])([A-Z])", "$1_$2")
            .toLowerCase(Locale.ROOT);
    String name = base;
    for (int i = 1; !taken.add(name); i++) {
      name = base + "_" + i;
    }
    return name;
  }
}
