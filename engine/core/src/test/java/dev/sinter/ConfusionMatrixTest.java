package dev.sinter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.layers.Activation;
import dev.sinter.layers.Input;
import dev.sinter.losses.CrossEntropy;
import dev.sinter.optimizers.Sgd;
import org.junit.jupiter.api.Test;

class ConfusionMatrixTest {
  private static final float[][] OUTPUTS = {{5, 1, 0}, {0, 4, 1}, {3, 2, 1}, {0, 1, 9}, {1, 8, 0}};
  private static final int[] LABELS = {0, 1, 1, 2, 1};

  private static Model model(int outputs) {
    Model model = Sequential.of(new Input(outputs), new Activation("linear"));
    return model.backend("reference");
  }

  @Test
  void confusionMatrix_classes_countsLabelsAndPredictions() {
    try (Model model = model(3)) {
      Dataset data = Dataset.of(OUTPUTS, LABELS);
      ConfusionMatrix matrix = model.confusionMatrix(data);
      assertThat(matrix.counts()).isDeepEqualTo(new double[][] {{1, 0, 0}, {1, 2, 0}, {0, 0, 1}});
      assertThat(matrix.count(1, 0)).isEqualTo(1);
      assertThat(matrix.recall(1)).isEqualTo(2 / 3.0);
      assertThat(matrix.precision(0)).isEqualTo(0.5);
      assertThat(matrix.toString())
          .isEqualTo(
              """
              label \\ predicted  0  1  2
                              0  1  0  0
                              1  1  2  0
                              2  0  0  1""");
      assertThat(model.confusionMatrix(data.toCategorical(3)).counts())
          .isDeepEqualTo(matrix.counts());
    }
  }

  @Test
  void confusionMatrix_partWithWeights_countsThem() {
    try (Model model = model(3)) {
      Dataset data = Dataset.of(OUTPUTS, LABELS).weights(9, 0.5f, 2, 9, 9);
      ConfusionMatrix matrix = model.confusionMatrix(data.skip(1).take(2));
      assertThat(matrix.count(1, 1)).isEqualTo(0.5);
      assertThat(matrix.count(1, 0)).isEqualTo(2);
      assertThat(matrix.recall(2)).isZero();
      assertThat(matrix.toString()).contains("1     2  0.50     0");
    }
  }

  @Test
  void confusionMatrix_oneOutput_isPartedAtOneHalfOrAtZeroForLogits() {
    Dataset data =
        Dataset.of(Tensor.of(new float[] {0.2f, 0.7f, -1}, 3, 1), Tensor.of(new float[] {1, 1, 0}));
    try (Model model = model(1)) {
      assertThat(model.confusionMatrix(data).counts())
          .isDeepEqualTo(new double[][] {{1, 0}, {1, 1}});
      model.compile(new Sgd(), CrossEntropy.binary().fromLogits(true));
      assertThat(model.confusionMatrix(data).counts())
          .isDeepEqualTo(new double[][] {{1, 0}, {0, 2}});
    }
  }

  @Test
  void confusionMatrix_labelsThatAreNoClasses_areRefused() {
    try (Model model = model(3)) {
      assertThatThrownBy(
              () -> model.confusionMatrix(Dataset.of(OUTPUTS, new int[] {0, 1, 3, 0, 0})))
          .isInstanceOf(InputException.class)
          .hasMessage(
              "confusionMatrix, label 2: expected a class from 0 to 2, received 3.0. Correct the"
                  + " labels.");
      assertThatThrownBy(() -> model.confusionMatrix(Dataset.of(Tensor.of(OUTPUTS))))
          .hasMessageContaining("a dataset with labels");
      assertThatThrownBy(() -> model.confusionMatrix(Dataset.of(OUTPUTS, new float[5][2])))
          .hasMessageContaining("class indices, or 3 columns of labels");
    }
  }
}
