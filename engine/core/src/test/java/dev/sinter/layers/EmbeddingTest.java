package dev.sinter.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.Fit;
import dev.sinter.Functional;
import dev.sinter.Model;
import dev.sinter.Sequential;
import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Categories and their vectors. */
class EmbeddingTest {
  private static Dataset data(float... indices) {
    return Dataset.of(Tensor.of(indices, indices.length / 2, 2));
  }

  @Test
  void predict_indices_areRowsOfTheWeights() {
    Initializer counting =
        (shape, random) -> {
          float[] weights = new float[shape[0] * shape[1]];
          for (int i = 0; i < weights.length; i++) {
            weights[i] = i;
          }
          return weights;
        };
    Layer vectors = new Embedding(3, 2).embeddingsInitializer(counting);
    try (Model model = Sequential.of(new Input(2), vectors, new Flatten()).backend("reference")) {
      assertThat(model.predict(data(2, 0, 1, 1)).floats()).containsExactly(4, 5, 0, 1, 2, 3, 2, 3);
      assertThat(model.predictor().predict(new float[] {1, 2})).containsExactly(2, 3, 4, 5);
    }
  }

  @Test
  void data_notACategory_isRefusedByRowColumnAndLayer() {
    try (Model model =
        Sequential.of(new Input(2), new Embedding(3, 2).name("color")).backend("reference")) {
      for (float bad : new float[] {3, -1, 0.5f}) {
        assertThatThrownBy(() -> model.predict(data(0, 1, 2, bad)))
            .isInstanceOf(InputException.class)
            .hasMessage(
                "predict, x row 1, column 1: expected a category from 0 to 2, as layer color has 3,"
                    + " received "
                    + bad
                    + ". Correct the data, or give the layer more categories.");
      }
      assertThat(model.predict(data(0, 2).scale(1)).size()).isEqualTo(4);
      assertThatThrownBy(() -> model.predict(data(0, 2).scale(2))).hasMessageContaining("4.0");
    }
  }

  @Test
  void functional_oneInputOfCategories_isCheckedAlone() {
    Node numbers = Input.of(1);
    Node color = Input.of(1);
    Node vectors = new Flatten().apply(new Embedding(3, 2).apply(color));
    Node joined = new Concatenate().apply(numbers, vectors);
    try (Model model =
        Functional.of(List.of(numbers, color), List.of(joined)).backend("reference")) {
      assertThat(model.predict(data(-7.5f, 2)).size()).isEqualTo(3);
      assertThatThrownBy(() -> model.predict(data(-7.5f, 3)))
          .hasMessageContaining("row 0, column 1")
          .hasMessageContaining("layer embedding has 3");
    }
  }

  @Test
  void fit_vectorsOfCategories_learn() {
    float[] x = {0, 0, 1, 0, 2, 0, 0, 1, 1, 1, 2, 1};
    Dataset data = Dataset.of(Tensor.of(x, 6, 2), Tensor.of(new int[] {0, 1, 0, 1, 0, 1}));
    try (Model model =
        Sequential.of(
                new Input(2),
                new Embedding(3, 4),
                new Flatten(),
                new Dense(8).tanh(),
                new Dense(2).softmax())
            .backend("reference")) {
      model.compile("adam", "sparse_categorical_crossentropy", "accuracy");
      model.setLearningRate(0.05);
      model.fit(data, Fit.epochs(60).batchSize(6).verbose(0));
      assertThat(model.evaluate(data).accuracy()).isEqualTo(1);
    }
  }

  @Test
  void create_sizesOutOfRange_areRefused() {
    assertThatThrownBy(() -> new Embedding(0, 2)).hasMessageContaining("received 0 and 2");
    assertThatThrownBy(
            () -> Sequential.of(new Input(1_000_000), new Embedding(1_000_000, 2)).build(1_000_000))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("layer embedding");
  }
}
