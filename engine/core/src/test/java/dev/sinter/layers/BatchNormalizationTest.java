package dev.sinter.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.Fit;
import dev.sinter.Functional;
import dev.sinter.Model;
import dev.sinter.Sequential;
import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Batch and layer normalization, and dropout: settings, and what differs in training. */
class BatchNormalizationTest {
  private static final Dataset DATA =
      Dataset.of(
          new float[][] {{1, 10}, {2, 20}, {3, 30}, {4, 40}}, new float[][] {{1}, {2}, {3}, {4}});
  private static final Fit STEP = Fit.epochs(1).batchSize(4).verbose(0);

  @Test
  void fit_oneStep_movesTheRunningStatistics() {
    try (Model model =
        Sequential.of(new BatchNormalization().momentum(0.75), new Dense(1)).backend("reference")) {
      model.compile("sgd", "mean_squared_error");
      model.fit(DATA, STEP);
      List<Tensor> weights = model.layer("batch_normalization").getWeights();
      assertThat(weights.get(2).floats()).containsExactly(0.625f, 6.25f); // a quarter of the mean
      assertThat(weights.get(3).floats()).containsExactly(0.75f + 0.25f * 1.25f, 0.75f + 31.25f);
      List<Tensor> before = model.getWeights();
      model.evaluate(DATA);
      model.predict(DATA);
      assertThat(model.getWeights()).isEqualTo(before); // inference moves nothing
    }
  }

  @Test
  void predict_untrained_usesTheRunningStatistics() {
    Layer layer = new BatchNormalization().epsilon(3);
    try (Model model = Sequential.of(new Input(2), layer).backend("reference")) {
      assertThat(model.predict(DATA.take(1)).floats()).containsExactly(0.5f, 5);
    }
  }

  @Test
  void layerNormalization_rows_haveMeanZeroAndVarianceOne() {
    Layer layer = new LayerNormalization().epsilon(1e-9);
    try (Model model = Sequential.of(new Input(2), layer).backend("reference")) {
      float[] rows = model.predict(DATA).floats();
      for (int i = 0; i < rows.length; i++) {
        assertThat(rows[i]).isCloseTo(i % 2 == 0 ? -1 : 1, within(1e-6f));
      }
    }
  }

  @Test
  void dropout_ofAll_dropsAllInTrainingAndNothingElsewhere() {
    Layer[] layers = {new Input(2), new Dropout(1), new Dense(1).kernelInitializer("ones")};
    try (Model model = Sequential.of(layers).backend("reference")) {
      model.compile("sgd", "mean_squared_error");
      assertThat(model.predict(DATA).floats()).containsExactly(11, 22, 33, 44);
      double loss = model.fit(DATA, STEP).last("loss");
      assertThat(loss).isEqualTo(7.5); // the mean of the squared labels: all outputs are 0
      assertThat(model.getWeights().get(0).floats()).containsExactly(1, 1);
    }
  }

  @Test
  void dropout_share_isThatOfTheRate() {
    float[][] ones = new float[500][40];
    for (float[] row : ones) {
      java.util.Arrays.fill(row, 1);
    }
    Dataset data = Dataset.of(ones, new float[500][40]);
    Layer[] layers = {new Rescaling(1), new Dropout(0.3), new Dense(40).useBias(false)};
    try (Model model = Sequential.of(layers).backend("reference").seed(5)) {
      model.compile("sgd", "mean_absolute_error");
      model.build(40);
      float[] identity = new float[1600];
      for (int i = 0; i < 40; i++) {
        identity[41 * i] = 1;
      }
      model.setWeights(List.of(Tensor.of(identity, 40, 40)));
      // The mean of 20 000 numbers that are 0 or 1 / 0.7: within 5 standard deviations.
      double mean = model.fit(data, Fit.epochs(1).batchSize(500).verbose(0)).last("loss");
      assertThat(mean).isCloseTo(1, within(5 * Math.sqrt(0.3 / 0.7 / 20_000)));
    }
  }

  @Test
  void create_settingsOutOfRange_areRefused() {
    assertThatThrownBy(() -> new Dropout(1.5))
        .isInstanceOf(InputException.class)
        .hasMessage("Dropout: expected a rate from 0 to 1, received 1.5. Correct the rate.");
    assertThatThrownBy(() -> new BatchNormalization().momentum(2)).hasMessageContaining("2.0");
    assertThatThrownBy(() -> new BatchNormalization().epsilon(0)).hasMessageContaining("epsilon");
    assertThatThrownBy(() -> new LayerNormalization().epsilon(-1)).hasMessageContaining("epsilon");
    assertThatThrownBy(() -> new Reshape(-1, -1)).hasMessageContaining("[-1, -1]");
    assertThatThrownBy(() -> Sequential.of(new Input(10), new Reshape(3, -1)).build(10))
        .hasMessageContaining("layer reshape")
        .hasMessageContaining("[10]");
    assertThatThrownBy(() -> Sequential.of(new Input(2, 2), new Softmax()).build(4))
        .hasMessageContaining("layer softmax")
        .hasMessageContaining("[2, 2]");
  }

  @Test
  void functional_oneLayerInTwoPlaces_isRefusedByName() {
    Node input = Input.of(2);
    Layer shared = new BatchNormalization();
    Node twice = new Dense(1).apply(shared.apply(shared.apply(input)));
    try (Model model = Functional.of(input, twice).backend("reference")) {
      model.compile("sgd", "mean_squared_error");
      assertThatThrownBy(() -> model.fit(DATA, STEP))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("layer batch_normalization: expected one place in the model");
    }
  }
}
