package dev.sinter.saving;

import dev.sinter.compile.Features;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A model as files hold it: architecture, weights and what a training has reached. Every format
 * reads it and writes it, so that any two can be converted into each other. Immutable: any number
 * of threads may use it, as long as nobody writes into its arrays.
 *
 * @param name of the model
 * @param input the shape of a sample, such as [784]
 * @param layers in order, without an Input; at least one
 * @param connections of a functional model; null where each layer feeds the next
 * @param weights by Keras's names, as in {@code dense/kernel} [I, U] and {@code dense/bias} [U], in
 *     the order of the layers
 * @param compilation null where the model is not compiled, or a file does not say how
 * @param progress null where no training is known; needs a compilation
 * @param notes what else a file of Sinter keeps, such as the recipe; formats that have no place for
 *     it leave it out
 */
public record SavedModel(
    String name,
    Features input,
    List<NamedLayer> layers,
    @Nullable Connections connections,
    Map<String, Tensor> weights,
    @Nullable Compilation compilation,
    @Nullable TrainingProgress progress,
    Map<String, String> notes) {
  public SavedModel {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(input, "input");
    layers = List.copyOf(layers);
    weights = Collections.unmodifiableMap(new LinkedHashMap<>(weights));
    notes = Collections.unmodifiableMap(new LinkedHashMap<>(notes));
  }

  /** Creates a model in which each layer feeds the next. */
  public SavedModel(
      String name,
      Features input,
      List<NamedLayer> layers,
      Map<String, Tensor> weights,
      @Nullable Compilation compilation,
      @Nullable TrainingProgress progress,
      Map<String, String> notes) {
    this(name, input, layers, null, weights, compilation, progress, notes);
  }

  /** Returns how the layers are connected, also where each feeds the next. */
  public Connections places() {
    return connections == null ? Connections.path(input, layers.size()) : connections;
  }

  /**
   * Refuses branches, for a format that has no place for them.
   *
   * @param where the file, for the message
   */
  public void requirePath(String where) {
    if (!places().isPath()) {
      throw InputException.of(
          where + ", model " + name,
          "layers of which each feeds the next",
          "a functional model of several inputs, outputs or branches",
          "Save it as .keras, or its weights alone");
    }
  }

  /** Returns this model with one more note. */
  public SavedModel note(String key, String value) {
    Map<String, String> more = new LinkedHashMap<>(notes);
    more.put(key, value);
    return new SavedModel(name, input, layers, connections, weights, compilation, progress, more);
  }

  /** Returns this model with other weights. */
  public SavedModel weights(Map<String, Tensor> other) {
    return new SavedModel(name, input, layers, connections, other, compilation, progress, notes);
  }
}
