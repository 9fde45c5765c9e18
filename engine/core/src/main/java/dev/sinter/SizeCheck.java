package dev.sinter;

import dev.sinter.compile.Architecture;
import dev.sinter.compile.Objective;
import dev.sinter.errors.InputException;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Layer;
import dev.sinter.program.UpdateRule;
import java.util.List;

/** Refuses models whose weights no Java array can hold, before anything is allocated. */
final class SizeCheck {
  /** Floats in one array, less what alignment may add to each weight. */
  private static final long MAX_FLOATS = Integer.MAX_VALUE - (1 << 16);

  private SizeCheck() {}

  /** Checks features and each layer's kernel. */
  static void layers(int features, List<String> names, List<Layer> layers) {
    if (features < 1) {
      throw InputException.of(
          "layer " + names.get(0),
          "samples of at least 1 feature",
          features,
          "Use samples that hold something");
    }
    long inputs = features;
    for (int i = 0; i < layers.size(); i++) {
      if (layers.get(i) instanceof Dense dense) {
        if (inputs * dense.units() > MAX_FLOATS) {
          throw InputException.of(
              "layer " + names.get(i),
              "at most " + MAX_FLOATS + " weights",
              "a kernel of [" + inputs + ", " + dense.units() + "]",
              "Use fewer units or features");
        }
        inputs = dense.units();
      }
    }
  }

  /** Checks weights, gradients and optimizer state together: one flat array. */
  static void state(String model, Architecture architecture, Objective objective) {
    long weights = 0;
    for (var parameter : architecture.parameters()) {
      weights += parameter.shape().size();
    }
    int slots = objective == null ? 0 : objective.rule().slots().size();
    long floats = weights * (UpdateRule.FIRST_SLOT + slots);
    if (floats > MAX_FLOATS) {
      throw InputException.of(
          "model " + model,
          "at most " + MAX_FLOATS + " numbers of weights, gradients and optimizer state",
          floats,
          "Use fewer units, or an optimizer with less state");
    }
  }
}
