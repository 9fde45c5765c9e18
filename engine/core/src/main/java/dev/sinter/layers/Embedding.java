package dev.sinter.layers;

import dev.sinter.compile.LayerRule;
import dev.sinter.errors.InputException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Turns categories into trained vectors: each element of the input is the index of a category, and
 * becomes row index of the weights "embeddings" [inputDim, outputDim]. Input [B, n], output [B, n,
 * outputDim]; a {@link Flatten} behind it makes vectors for a {@link Dense}.
 *
 * <p>Indices are whole numbers from 0 to inputDim - 1. Samples with others are refused where the
 * layer comes first in its model; elsewhere they become 0. Made for columns of a table: the vectors
 * are a product with one-hot rows, so that memory and time grow with inputDim. Immutable: any
 * number of threads may use it. Source: Keras, layers/core/embedding.py.
 *
 * <pre>{@code Sequential.of(new Input(3), new Embedding(20, 4), new Flatten(), new Dense(2))}</pre>
 *
 * @param inputDim the number of categories, at least 1
 * @param outputDim the length of a vector, at least 1
 * @param embeddingsInitializer uniform from -0.05 to 0.05 by default
 * @param name null by default: the model makes one
 */
public record Embedding(
    int inputDim, int outputDim, Initializer embeddingsInitializer, @Nullable String name)
    implements Layer {
  public Embedding {
    Objects.requireNonNull(embeddingsInitializer, "embeddingsInitializer");
    if (inputDim < 1 || outputDim < 1) {
      throw InputException.of(
          "Embedding",
          "at least 1 category and vectors of at least 1 number",
          inputDim + " and " + outputDim,
          "Correct inputDim and outputDim");
    }
  }

  /** Creates a layer. */
  public Embedding(int inputDim, int outputDim) {
    this(inputDim, outputDim, Initializer.RANDOM_UNIFORM, null);
  }

  /** Returns this layer with other initial vectors. */
  public Embedding embeddingsInitializer(Initializer other) {
    return new Embedding(inputDim, outputDim, other, name);
  }

  /** Returns this layer with other initial vectors, by Keras's name. */
  public Embedding embeddingsInitializer(String other) {
    return embeddingsInitializer(Initializer.of(other));
  }

  /** Returns this layer with a name. */
  public Embedding name(String other) {
    return new Embedding(inputDim, outputDim, embeddingsInitializer, other);
  }

  @Override
  public String className() {
    return "Embedding";
  }

  @Override
  public List<LayerRule> rules() {
    return List.of(new EmbeddingRule(inputDim, outputDim, embeddingsInitializer));
  }
}
