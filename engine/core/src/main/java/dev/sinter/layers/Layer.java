package dev.sinter.layers;

import dev.sinter.compile.Features;
import dev.sinter.compile.LayerRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A building block of a model: a description, without weights and without a place in a model.
 * Immutable: any number of threads may use it.
 *
 * <p>To add one of your own without weights, implement {@link ElementwiseLayer}; with weights, this
 * interface and a {@link LayerRule}. docs/architecture.md shows both.
 */
public interface Layer {
  /** Returns the name the user gave, or null: the model then makes one from {@link #className}. */
  @Nullable String name();

  /** Returns Keras's class name, as in {@code Dense}. */
  String className();

  /** Returns how it is computed: one rule, or several of which each feeds the next. */
  List<LayerRule> rules();

  /**
   * Applies the layer, for a functional model. The same object applied several times in a model is
   * one layer: all its places share the weights. Another object, equal or not, is another layer.
   *
   * @throws dev.sinter.errors.InputException if the layer does not accept this input
   */
  default Node apply(Node input) {
    return Node.of(this, List.of(input));
  }

  /** Returns the shape of a sample where this layer is the one that states it, else null. */
  default @Nullable Features inputShape() {
    return null;
  }
}
