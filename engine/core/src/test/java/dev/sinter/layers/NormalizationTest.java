package dev.sinter.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.Fit;
import dev.sinter.Model;
import dev.sinter.Sequential;
import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Normalization and Rescaling. */
class NormalizationTest {
  private static final Tensor TABLE = Tensor.of(new float[][] {{1, 10, 5}, {3, 30, 5}});

  @TempDir Path folder;

  private static float[] predict(Dataset data, Layer... layers) {
    try (Model model = Sequential.of(layers).backend("reference")) {
      return model.predict(data).floats();
    }
  }

  @Test
  void adapt_table_makesMeanZeroAndVarianceOneByColumn() {
    Dataset data = Dataset.of(TABLE);
    Normalization adapted = new Normalization().adapt(data);
    assertThat(adapted.mean()).containsExactly(2f, 20f, 5f);
    assertThat(adapted.variance()).containsExactly(1f, 100f, 0f);
    assertThat(predict(data, new Input(3), adapted)).containsExactly(-1, -1, 0, 1, 1, 0);
  }

  @Test
  void adapt_scaledViewOfBytes_seesTheInputsOfTheNetwork() {
    Tensor bytes = Tensor.ofBytes(new byte[] {9, 9, 0, (byte) 200, 2, 100, 7, 7}, 4, 2);
    Dataset data = Dataset.of(bytes).skip(1).take(2).scale(0.5f).offset(1);
    Normalization adapted = new Normalization().adapt(data);
    assertThat(adapted.mean()).containsExactly(1.5f, 76f);
    assertThat(adapted.variance()).containsExactly(0.25f, 625f);
    assertThat(predict(data, new Input(2), adapted)).containsExactly(-1, 1, 1, -1);
  }

  @Test
  void adapt_images_normalizesByChannel() {
    float[] pixels = {1, 100, 3, 300, 5, 500, 7, 700};
    Dataset data = Dataset.of(Tensor.of(pixels, 2, 1, 2, 2));
    Normalization adapted = new Normalization().adapt(data);
    assertThat(adapted.mean()).containsExactly(4f, 400f);
    float[] result = predict(data, new Input(1, 2, 2), adapted, new Flatten());
    for (int i = 0; i < result.length; i++) {
      float expected = (float) ((1 + 2 * (i / 2) - 4) / Math.sqrt(5));
      assertThat(result[i]).isCloseTo(expected, within(1e-6f));
    }
  }

  @Test
  void weights_ofNormalization_areSavedAndNotTrained() {
    Dataset data = Dataset.of(TABLE, Tensor.of(new int[] {0, 1}));
    Layer[] layers = {new Input(3), new Normalization().adapt(data), new Dense(2).softmax()};
    Path file = folder.resolve("weights.npz");
    try (Model model = Sequential.of(layers).backend("reference")) {
      model.compile("sgd", "sparse_categorical_crossentropy");
      model.fit(data, Fit.epochs(3).verbose(0));
      assertThat(model.layer("normalization").getWeights().get(0).floats())
          .containsExactly(2, 20, 5);
      model.saveWeights(file);
      layers[1] = new Normalization(List.of(0f), List.of(1f));
      try (Model other = Sequential.of(layers).backend("reference")) {
        other.loadWeights(file);
        assertThat(other.predict(data)).isEqualTo(model.predict(data));
        assertThat(other.predictor().predict(new float[] {1, 10, 5}))
            .containsExactly(model.predict(data.take(1)).floats(), within(1e-6f));
      }
    }
  }

  @Test
  void rescaling_behindAnInput_multipliesAndAdds() {
    assertThat(predict(Dataset.of(TABLE), new Input(3), new Rescaling(0.5, -1)))
        .containsExactly(-0.5f, 4, 1.5f, 0.5f, 14, 1.5f);
  }

  @Test
  void build_withoutMeansOrWithOthers_isRefusedByLayer() {
    assertThatThrownBy(() -> Sequential.of(new Input(3), new Normalization().name("scaled")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("layer scaled")
        .hasMessageContaining("Call adapt");
    Normalization two = new Normalization(List.of(1f, 2f), List.of(1f, 1f));
    assertThatThrownBy(() -> Sequential.of(new Input(28, 28, 3), two))
        .hasMessageContaining("layer normalization")
        .hasMessageContaining("[28, 28, 3]")
        .hasMessageContaining("2 means");
    assertThatThrownBy(() -> new Normalization(List.of(1f), List.of(-1f)))
        .hasMessageContaining("variances of at least 0");
    assertThatThrownBy(() -> new Normalization(List.of(1f), null))
        .hasMessageContaining("one without the other");
    assertThatThrownBy(() -> new Rescaling(Double.NaN)).hasMessageContaining("NaN");
  }

  @Test
  void adapt_noSamplesOrNotANumber_isRefused() {
    assertThatThrownBy(() -> new Normalization().adapt(Dataset.of(TABLE).take(0)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("at least one sample");
    Dataset gap = Dataset.of(Tensor.of(new float[][] {{1, Float.NaN}}));
    assertThatThrownBy(() -> new Normalization().adapt(gap))
        .hasMessageContaining("feature 1")
        .hasMessageContaining("NaN");
  }
}
