package dev.sinter;

import dev.sinter.layers.Layer;
import java.util.List;

/**
 * A stack of layers, each fed by the one before: a path in the graph that a {@link Functional} may
 * branch. Used by one thread at a time, as {@link Model} says.
 *
 * <pre>{@code var model = Sequential.of(new Dense(512).relu(), new Dense(10).softmax());
 * model.compile("rmsprop", "sparse_categorical_crossentropy", "accuracy");
 * model.fit(train, Fit.epochs(5).batchSize(128));}</pre>
 *
 * <p>Starts with an {@code Input} to be built at once; without one it is built when it first sees
 * data. Source: Keras, models/sequential.py.
 */
public final class Sequential extends Model {
  private Sequential(String name, List<Layer> layers) {
    super(name, Architecture.path(name, layers));
  }

  /** Creates a model of layers, called "sequential". */
  public static Sequential of(Layer... layers) {
    return new Sequential("sequential", List.of(layers));
  }

  /** Creates a model with a name. */
  public static Sequential of(String name, Layer... layers) {
    return new Sequential(name, List.of(layers));
  }
}
