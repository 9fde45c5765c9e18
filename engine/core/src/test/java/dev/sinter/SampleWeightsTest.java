package dev.sinter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.layers.Dense;
import dev.sinter.losses.Loss;
import dev.sinter.metrics.Metric;
import dev.sinter.optimizers.Sgd;
import dev.sinter.program.Fusion;
import dev.sinter.program.ProgramPrinter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights of samples and of classes; their arithmetic is in {@link KerasObjectivesTest}. */
class SampleWeightsTest {
  private static final float[][] X = {{1, 0}, {0, 1}, {1, 1}, {0.5f, -1}, {-1, 2}};
  private static final int[] CLASSES = {0, 2, 0, 2, 0};
  private static final Fit FIT = Fit.epochs(1).batchSize(2).verbose(0);

  private static Model model() {
    Model model = Sequential.of(new Dense(3).softmax());
    model.backend("reference");
    model.compile(new Sgd(0.1), Loss.SPARSE_CATEGORICAL_CROSSENTROPY, Metric.ACCURACY);
    return model;
  }

  private static void refused(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(InputException.class).hasMessage(message);
  }

  @Test
  void views_keepTheWeightsOfTheirSamples() {
    Dataset data = Dataset.of(X, CLASSES).weights(1, 2, 3, 4, 5);
    Dataset view = data.skip(1).take(3).scale(2).offset(1).flatten().toCategorical(3).like(data);
    assertThat(view.sourceWeights().floats()).containsExactly(1, 2, 3, 4, 5);
    assertThat(view.toString()).isEqualTo("Dataset[3 x [2] float32, labels [3, 3], weights]");
    Dataset own = Dataset.of(X, CLASSES).skip(3).weights(Tensor.of(new float[] {6, 7}));
    assertThat(own.sourceWeights().floats()).containsExactly(0, 0, 0, 6, 7);
  }

  @Test
  void weights_thatAreNone_areRefused() {
    Dataset data = Dataset.of(X, CLASSES);
    refused(
        () -> data.weights(1, 2),
        "Dataset.weights: expected 5 weights, one per sample, received 2. Use weights that belong"
            + " to these samples.");
    refused(
        () -> data.weights(1, 2, Float.NaN, 1, 1),
        "Dataset.weights, weight 2: expected a finite number of at least 0, received NaN. Correct"
            + " the weight.");
    assertThatThrownBy(() -> data.weights(1, -1, 1, 1, 1)).hasMessageContaining("received -1.0");
    assertThatThrownBy(() -> FIT.classWeight(Map.of(1, -0.5)))
        .hasMessageStartingWith("fit, class weights, class 1: expected a finite number");
  }

  @Test
  void classWeights_areAmongTheOptionsThatEqualsCompares() {
    assertThat(FIT.classWeight(Map.of(0, 2.0))).isNotEqualTo(FIT);
    assertThat(FIT.classWeight(Map.of(0, 2.0))).isEqualTo(FIT.classWeight(Map.of(0, 2.0)));
  }

  @Test
  void classWeights_ofAbsentClasses_areRefusedByName() {
    try (Model model = model()) {
      refused(
          () -> model.fit(X, CLASSES, FIT.classWeight(Map.of(0, 2.0, 1, 5.0))),
          "fit, class weights: expected classes that labels have: [0, 2], received class 1. Leave"
              + " out the weight of this class, or correct the labels.");
    }
  }

  @Test
  void classWeights_whereTheyHaveNoMeaning_areRefused() {
    Fit fit = FIT.classWeight(Map.of(0, 2.0));
    try (Model model = model()) {
      refused(
          () -> model.fit(Dataset.of(X, CLASSES).weights(1, 1, 1, 1, 1), fit),
          "fit, class weights: expected samples without weights of their own, received weighted"
              + " samples. Use one of the two.");
    }
    float[][] targets = {{0.5f, 1}, {1, 0}, {1, 1}, {0, 0}, {1, 0}};
    try (Model model = Sequential.of(new Dense(2))) {
      model.backend("reference").compile("sgd", "mse");
      refused(
          () -> model.fit(X, targets, fit),
          "fit, class weights: expected labels that are classes, received 2 columns for"
              + " mean_squared_error. Give the samples weights, with Dataset.weights.");
    }
    try (Model model = Sequential.of(new Dense(1))) {
      model.backend("reference").compile("sgd", "mse");
      assertThatThrownBy(() -> model.fit(X, new float[][] {{0}, {1}, {0.5f}, {1}, {0}}, fit))
          .hasMessageStartingWith(
              "fit, class weights, label 2: expected a class, which is a whole number");
    }
  }

  @Test
  void classWeights_oneHotRows_areThoseOfIndices() {
    Fit fit = FIT.classWeight(Map.of(2, 4.0));
    Dataset data = Dataset.of(X, CLASSES);
    try (Model indices = model();
        Model oneHot = model()) {
      indices.fit(data, fit);
      oneHot.compile(new Sgd(0.1), Loss.CATEGORICAL_CROSSENTROPY, Metric.ACCURACY);
      oneHot.fit(data.toCategorical(3), fit);
      assertThat(oneHot.getWeights().get(0).floats())
          .containsExactly(indices.getWeights().get(0).floats());
    }
  }

  /** The classes of a split are known, and its validation part does not weigh. */
  @Test
  void classWeights_validationSplit_weighTheTrainingAlone() {
    Fit fit = FIT.shuffle(false).validationSplit(0.4).classWeight(Map.of(0, 3.0));
    try (Model model = model()) {
      History history = model.fit(Dataset.of(X, CLASSES), fit);
      Dataset held = Dataset.of(X, CLASSES).skip(3);
      assertThat(history.last("val_loss")).isEqualTo(model.evaluate(held).loss());
    }
  }

  @Test
  void evaluate_weightsOfOne_isAsWithoutAndPredictIgnoresThem() {
    Dataset data = Dataset.of(X, CLASSES);
    Dataset ones = data.weights(1, 1, 1, 1, 1);
    try (Model model = model()) {
      assertThat(model.evaluate(ones)).isEqualTo(model.evaluate(data));
      assertThat(model.predict(ones).floats()).containsExactly(model.predict(data).floats());
      assertThat(model.evaluate(data.weights(0, 0, 0, 0, 0)).loss()).isZero();
    }
  }

  @Test
  void trainOnBatch_weights_isThatOfRepeatedSamples() {
    Dataset data = Dataset.of(X, CLASSES);
    Dataset twice = Dataset.of(new float[][] {X[0], X[0], X[1]}, new int[] {0, 0, 2});
    try (Model weighted = model();
        Model repeated = model()) {
      double sum = 2 * weighted.trainOnBatch(data.take(2).weights(2, 1)).loss();
      assertThat(3 * repeated.trainOnBatch(twice).loss()).isCloseTo(sum, offset(1e-6));
    }
  }

  private static org.assertj.core.data.Offset<Double> offset(double value) {
    return org.assertj.core.data.Offset.offset(value);
  }

  @Test
  void resume_otherWeights_isRefused(@TempDir Path folder) {
    Dataset data = Dataset.of(X, CLASSES);
    Fit fit =
        FIT.checkpoint(
            Checkpoint.in(folder.resolve("checkpoints")).every(1, Checkpoint.Unit.EPOCHS));
    try (Model model = model()) {
      model.fit(data.weights(1, 2, 1, 1, 1), fit);
    }
    for (Dataset other : List.of(data, data.weights(1, 3, 1, 1, 1))) {
      try (Model model = model()) {
        Fit again = FIT.resume(folder.resolve("checkpoints"));
        assertThatThrownBy(() -> model.fit(other, again))
            .isInstanceOf(InputException.class)
            .hasMessageContaining(", data: expected");
      }
    }
  }

  @Test
  void trainingProgram_noWeights_isWithoutThem() {
    try (Model model = model()) {
      model.build(2);
      String program = ProgramPrinter.print(model.trainingProgram(2, 1, Fusion.NONE));
      assertThat(program).doesNotContain("weight [", "count");
    }
  }
}
