package dev.sinter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.errors.RunException;
import dev.sinter.layers.Activation;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Input;
import dev.sinter.losses.Loss;
import dev.sinter.optimizers.Sgd;
import dev.sinter.program.Fusion;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What fit, evaluate and predict refuse, and how they say so. */
class ModelErrorTest {
  private static final Dataset IMAGES =
      Dataset.of(Tensor.ofBytes(new byte[4 * 6], 4, 2, 3), Tensor.of(new int[4]));

  private static void refused(ThrowingCallable call, String... parts) {
    assertThatThrownBy(call).isInstanceOf(InputException.class).hasMessageContainingAll(parts);
  }

  @Test
  void fitAndEvaluate_uncompiled_sayCompileFirst() {
    Model model = Toy.model();
    String[] parts = {"expected a compiled model", "Call compile first"};
    refused(() -> model.fit(Toy.data(8), Toy.fit(1)), parts);
    refused(() -> model.evaluate(Toy.data(8)), parts);
    refused(() -> model.check("test data", Toy.data(8)), parts);
    refused(() -> model.setLearningRate(0.1), parts);
    refused(() -> model.trainingProgram(8, 1, Fusion.NONE), parts);
  }

  @Test
  void predict_uncompiledAndUnbuilt_works() {
    Model model = Sequential.of(new Dense(2)).backend("reference");
    assertThat(model.predict(Toy.x(3)).shape()).containsExactly(3, 2);
  }

  @Test
  void everyCall_otherWidth_namesTheFirstLayer() {
    Model model = Toy.compiled();
    Dataset wide = Dataset.of(new float[4][6], new int[4]);
    String[] parts = {"layer dense: expected samples of 5 features, received 6. Use data as wide"};
    refused(() -> model.fit(wide, Toy.fit(1)), parts);
    refused(() -> model.evaluate(wide), parts);
    refused(() -> model.predict(wide), parts);
    refused(() -> model.check("test data", wide), "test data, layer dense");
    refused(() -> model.fit(Toy.data(8), Toy.fit(1).validationData(wide)), "validation data", "6");
  }

  @Test
  void everyCall_images_sayFlatten() {
    Model model = Toy.compiled();
    String[] parts = {"samples that are vectors", "shape [2, 3]", "Call flatten() on the dataset"};
    refused(() -> model.fit(IMAGES, Toy.fit(1)), parts);
    refused(() -> model.evaluate(IMAGES), parts);
    refused(() -> model.predict(IMAGES), parts);
  }

  @Test
  void fitAndEvaluate_noSamples_refused() {
    Model model = Toy.compiled();
    refused(() -> model.fit(Toy.data(8).take(0), Toy.fit(1)), "fit: expected at least one sample");
    refused(() -> model.evaluate(Toy.data(8).take(0)), "evaluate: expected at least one sample");
    refused(
        () -> model.fit(Toy.data(8), Toy.fit(1).validationData(Toy.data(8).take(0))),
        "fit, validation data: expected at least one sample");
  }

  @Test
  void predict_noSamples_isEmpty() {
    assertThat(Toy.model().predict(Toy.data(8).take(0)).shape()).containsExactly(0, 3);
  }

  @Test
  void fit_withoutLabels_saysHowToAddThem() {
    refused(
        () -> Toy.compiled().fit(Dataset.of(Tensor.of(Toy.x(4))), Toy.fit(1)),
        "fit: expected a dataset with labels, received samples alone. Create it with");
  }

  @Test
  void validationLabels_ofAnotherWidth_areRefusedBeforeTraining() {
    Model model = Toy.compiled();
    Dataset oneHot = Dataset.of(Toy.x(4), new float[4][3]);
    refused(
        () -> model.fit(Toy.data(8), Toy.fit(1).validationData(oneHot)),
        "fit, validation data, layer dense_1, sparse_categorical_crossentropy",
        "expected labels of 1 column for 3 outputs, received 3");
    assertThat(model.iterations()).isZero();
  }

  @Test
  void refusedData_beforeTheFirstFit_leavesTheModelUnbuilt() {
    Model model = Sequential.of(new Dense(3).softmax());
    model.compile("sgd", "sparse_categorical_crossentropy");
    float[][] wide = new float[4][5];
    wide[0][0] = Float.NaN;
    refused(() -> model.fit(wide, new int[4], Toy.fit(1)), "x row 0, column 0", "a finite number");
    assertThat(model.fit(new float[4][2], new int[4], Toy.fit(1)).epochs()).hasSize(1);
  }

  @Test
  void batch_beyondAnArray_isRefusedWithAWayOut() {
    Model model = Sequential.of(new Input(1), new Dense(100_000), new Dense(1));
    model.compile("sgd", "mse");
    Dataset data = Dataset.of(new float[30_000][1], new float[30_000][1]);
    refused(
        () -> model.fit(data, Toy.fit(1).batchSize(30_000)),
        "batches of 30000",
        "Use a smaller batch, or fewer units");
  }

  @Test
  void labels_columnsThatDoNotSuitTheLoss_nameLossLayerAndRemedy() {
    Model sparse = Toy.compiled();
    refused(
        () -> sparse.fit(Toy.x(4), new float[4][3], Toy.fit(1)),
        "layer dense_1, sparse_categorical_crossentropy",
        "expected labels of 1 column for 3 outputs, received 3",
        "categorical_crossentropy for one-hot rows");
    Model oneHot = Toy.model();
    oneHot.compile(new Sgd(), Loss.CATEGORICAL_CROSSENTROPY);
    refused(
        () -> oneHot.evaluate(Toy.data(4)),
        "layer dense_1, categorical_crossentropy",
        "received 1",
        "Use toCategorical(3), or sparse_categorical_crossentropy");
    Model squares = Toy.model();
    squares.compile(new Sgd(), Loss.MEAN_SQUARED_ERROR);
    refused(() -> squares.evaluate(Toy.data(4)), "Give one label column an output");
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 3, 10})
  void labels_noClassOfTheModel_namesRowRangeAndLayer(int label) {
    int[] y = {0, 1, label, 2};
    refused(
        () -> Toy.compiled().fit(Toy.x(4), y, Toy.fit(1)),
        "fit, label 2: expected a class from 0 to 2, as layer dense_1 has 3 outputs, received "
            + label);
  }

  @Test
  void labels_unlikeProbabilities_refusedByRow() {
    Model model = Toy.model();
    model.compile(new Sgd(), Loss.CATEGORICAL_CROSSENTROPY);
    float[][] x = Toy.x(2);
    refused(
        () -> model.fit(x, new float[][] {{1, 0, 0}, {1, 1, 0}}, Toy.fit(1)),
        "label row 1: expected a one-hot row",
        "a sum of 2.0",
        "binary_crossentropy and sigmoid");
    refused(
        () -> model.fit(x, new float[][] {{2, -1, 0}, {1, 0, 0}}, Toy.fit(1)),
        "label row 0: expected probabilities of at least 0, received -1.0");
    Model binary = Toy.model();
    binary.compile(new Sgd(), Loss.BINARY_CROSSENTROPY);
    refused(
        () -> binary.evaluate(x, new float[][] {{0, 0, 0}, {0, 0, 1.5f}}),
        "label row 1: expected values from 0 to 1, received 1.5");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sparse_categorical_crossentropy",
        "categorical_crossentropy",
        "binary_crossentropy",
        "mean_squared_error"
      })
  void labels_notFinite_refusedForEveryLoss(String name) {
    Loss loss = Loss.of(name);
    Model model = Toy.model();
    model.compile(new Sgd(), loss);
    int columns = loss.labelColumns(3);
    float[][] y = new float[2][columns];
    y[0][0] = 1;
    y[1][0] = Float.NaN;
    refused(
        () -> model.fit(Toy.x(2), y, Toy.fit(1)), "y row 1, column 0", "finite", "received NaN");
  }

  @Test
  void samples_notFinite_refusedByRowAndColumn() {
    float[][] x = Toy.x(4);
    x[2][3] = Float.POSITIVE_INFINITY;
    Model model = Toy.compiled();
    String[] parts = {"x row 2, column 3: expected a finite number, received Infinity. Clean"};
    refused(() -> model.fit(x, new int[4], Toy.fit(1)), parts);
    refused(() -> model.evaluate(x, new int[4]), parts);
    refused(() -> model.predict(x), parts);
  }

  /** What lies outside a view is not looked at. */
  @Test
  void samples_notFiniteOutsideTheView_areLeftAlone() {
    float[][] x = Toy.x(4);
    x[3][0] = Float.NaN;
    Dataset view = Dataset.of(x, new int[] {0, 1, 2, 9}).take(3);
    Toy.compiled().fit(view, Toy.fit(1));
  }

  @Test
  void backend_unknown_refusedWhenUsed() {
    Model model = Toy.compiled();
    model.backend("warp");
    refused(() -> model.fit(Toy.data(4), Toy.fit(1)), "backend", "\"warp\"", "Correct the name");
    model.backend("reference").predict(Toy.x(1));
  }

  @Test
  void compile_unknownNames_listTheKnown() {
    Model model = Toy.model();
    refused(() -> model.compile("sgdx", "mse"), "optimizer: expected one of sgd", "\"sgdx\"");
    refused(() -> model.compile("sgd", "hingex"), "loss: expected one of", "\"hingex\"");
    refused(() -> model.compile("sgd", "mse", "aucx"), "metric: expected one of", "\"aucx\"");
  }

  @Test
  void fit_withoutWeights_saysAddALayer() {
    Model model = Sequential.of(new Input(5), new Activation("softmax")).backend("reference");
    model.compile("sgd", "sparse_categorical_crossentropy");
    refused(() -> model.fit(Toy.data(4), Toy.fit(1)), "at least one layer with weights", "Dense");
  }

  @Test
  void fit_thatDiverges_namesEpochAndStep() {
    Model model = Sequential.of(new Input(5), new Dense(1)).backend("reference");
    model.compile(new Sgd(1e30), Loss.MEAN_SQUARED_ERROR);
    assertThatThrownBy(() -> model.fit(Toy.data(40), Toy.fit(3)))
        .isInstanceOf(RunException.class)
        .hasMessageContainingAll(
            "fit, epoch 1, step 2: expected a finite loss", "smaller learning rate");
  }

  @Test
  void model_tooLarge_refusedBeforeAllocating() {
    refused(
        () -> Sequential.of(new Input(100_000), new Dense(100_000)),
        "layer dense: expected at most",
        "a kernel of [100000, 100000]",
        "Use fewer units or features");
    refused(
        () -> {
          Model model = Sequential.of(new Input(30_000), new Dense(30_000).name("wide"));
          model.compile(new Sgd().momentum(0.5), Loss.MEAN_SQUARED_ERROR);
          model.trainingProgram(1, 30_000, Fusion.NONE);
        },
        "model sequential: expected at most",
        "received 2700090000",
        "Use fewer units");
  }
}
