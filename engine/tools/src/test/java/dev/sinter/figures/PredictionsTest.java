package dev.sinter.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Probabilities and labels, with one output for two classes or one per class. */
class PredictionsTest {
  @Test
  void oneOutput_isTheProbabilityOfOne() {
    Predictions predictions =
        Predictions.of(Tensor.of(new float[] {0.25f, 0.5f, 0.75f}, 3, 1), new int[] {0, 1, 1});
    assertThat(predictions.classes()).isEqualTo(2);
    assertThat(predictions.predicted(0)).isZero();
    assertThat(predictions.predicted(1)).as("not above 0.5").isZero();
    assertThat(predictions.predicted(2)).isEqualTo(1);
    assertThat(predictions.probability(0, 0)).isEqualTo(0.75);
    assertThat(predictions.probability(0, 1)).isEqualTo(0.25);
    assertThat(predictions.rightCount()).isEqualTo(2);
    assertThat(predictions.mistakes()).containsExactly(1);
  }

  @Test
  void mistakes_areSortedByConfidence() {
    float[] outputs = {0.6f, 0.4f, 0.1f, 0.9f, 0.3f, 0.7f};
    Predictions predictions = Predictions.of(Tensor.of(outputs, 3, 2), new int[] {1, 0, 0});
    assertThat(predictions.mistakes()).containsExactly(1, 2, 0);
    assertThat(predictions.confidence(1)).isEqualTo(0.9, within(1e-6));
    assertThat(predictions.choose(new int[] {2}).label(0)).isZero();
    assertThat(predictions.choose(new int[] {2}).predicted(0)).isEqualTo(1);
  }

  @Test
  void confusion_countsLabelThenPrediction() {
    float[] outputs = {0.6f, 0.4f, 0.1f, 0.9f, 0.3f, 0.7f};
    Predictions predictions = Predictions.of(Tensor.of(outputs, 3, 2), new int[] {1, 0, 0});
    assertThat(ConfusionMatrix.counts(predictions)).isDeepEqualTo(new int[][] {{0, 2}, {1, 0}});
  }

  @Test
  void labels_indicesColumnsAndOneHotRows_areTheSame() {
    assertThat(Predictions.labels(Tensor.of(new int[] {2, 0}))).containsExactly(2, 0);
    assertThat(Predictions.labels(Tensor.of(new float[] {2, 0}, 2, 1))).containsExactly(2, 0);
    assertThat(Predictions.labels(Tensor.of(new float[] {0, 0, 1, 1, 0, 0}, 2, 3)))
        .containsExactly(2, 0);
    assertThatThrownBy(() -> Predictions.labels(Tensor.of(new float[] {0.5f}, 1)))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("label 0: expected a whole number, received 0.5");
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, 1.5f, -0.5f, Float.POSITIVE_INFINITY})
  void output_noProbability_refused(float output) {
    assertThatThrownBy(
            () -> Predictions.of(Tensor.of(new float[] {0.5f, output}, 2, 1), new int[2]))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(
            "predictions, sample 1: expected probabilities from 0 to 1, received " + output);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 2, 9})
  void label_outside_refused(int label) {
    assertThatThrownBy(() -> Predictions.of(Tensor.of(new float[] {0.5f}, 1, 1), new int[] {label}))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("predictions, label 0: expected 0 to 1, received " + label);
  }

  @Test
  void counts_different_refused() {
    assertThatThrownBy(() -> Predictions.of(Tensor.of(new float[2], 2, 1), new int[3]))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("expected 2 labels, one per sample, received 3");
  }
}
