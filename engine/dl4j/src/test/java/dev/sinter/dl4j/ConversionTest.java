package dev.sinter.dl4j;

import static dev.sinter.dl4j.Networks.builder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.Fit;
import dev.sinter.Model;
import dev.sinter.Sequential;
import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.layers.Constraint;
import dev.sinter.layers.Dense;
import dev.sinter.layers.ElementwiseLayer;
import dev.sinter.layers.Input;
import dev.sinter.layers.Regularizer;
import dev.sinter.losses.Loss;
import dev.sinter.program.Expression;
import dev.sinter.program.State;
import dev.sinter.testkit.MnistNetworks;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.preprocessor.NormalizerMinMaxScaler;
import org.nd4j.linalg.learning.config.AMSGrad;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Models and networks of DL4J, turned into each other and saved as ModelSerializer does. */
class ConversionTest {
  private static final Dataset DIGITS = Networks.testDigits(1000);

  @TempDir Path folder;

  private static void assertSameOutputs(Model model, MultiLayerNetwork network) {
    float[] expected = NativeFloats.of(network.output(Networks.array(DIGITS.x())));
    assertThat(model.predict(DIGITS).toFloats()).hasSameSizeAs(expected);
    float[] actual = model.predict(DIGITS).floats();
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i]).isCloseTo(expected[i], within(1e-5f));
    }
  }

  static Stream<IUpdater> updaters() {
    return Stream.of(
        new RmsProp(1e-3), new Adam(1e-3), new AMSGrad(1e-3), new Nesterovs(0.1), new Sgd(0.1));
  }

  @ParameterizedTest
  @MethodSource("updaters")
  void toSinter_trainedNetwork_predictsAndTrainsOnLikeIt(IUpdater updater) {
    MultiLayerNetwork network = Networks.small(builder(updater).l2(1e-3));
    network.fit(Networks.digits(640, 64), 1);
    INDArray start = network.params().dup();
    try (Model model = Dl4j.toSinter(network).backend("onednn")) {
      assertSameOutputs(model, network);
      var batches = Networks.digits(640, 64);
      Dataset samples =
          Dataset.of(
              Tensor.of(rows(Networks.digits(640, 640).next().getFeatures())),
              Tensor.of(rows(Networks.digits(640, 640).next().getLabels())));
      model.fit(samples, Fit.epochs(1).batchSize(64).shuffle(false).verbose(0));
      network.fit(batches, 1);
      MultiLayerNetwork back = Dl4j.toDl4j(model);
      assertThat(Networks.apart(network.params(), back.params(), start)).isLessThan(1e-4);
      assertThat(back.getIterationCount()).isEqualTo(20);
      assertThat(model.evaluate(samples).accuracy()).isGreaterThan(0.3);
      INDArray state = network.getUpdater().getStateViewArray();
      if (state != null) {
        INDArray other = back.getUpdater().getStateViewArray();
        assertThat(state.sub(other).norm2Number().doubleValue())
            .isLessThan(1e-4 * state.norm2Number().doubleValue());
      }
    }
  }

  private static float[][] rows(INDArray array) {
    return Tensor.of(NativeFloats.of(array), (int) array.size(0), (int) array.size(1)).toRows();
  }

  @ParameterizedTest
  @ValueSource(strings = {"mnist-dense", "mnist-sigmoid"})
  void toDl4j_models_predictTheSame(String recipe) {
    try (Model model = MnistNetworks.of(recipe)) {
      assertSameOutputs(model, Dl4j.toDl4j(model));
    }
  }

  @Test
  void toDl4j_regularizers_addTheSameToTheScore() {
    Dense first = new Dense(4).tanh().kernelRegularizer(Regularizer.l1l2(0.01, 0.02));
    try (Model model =
        Sequential.of(new Input(3), first, new Dense(2).biasRegularizer(Regularizer.l1(0.5)))) {
      model.compile(new dev.sinter.optimizers.Sgd(0.1), Loss.MEAN_SQUARED_ERROR);
      double penalty = 0;
      for (float w : model.getNamedWeights().get("dense/kernel").floats()) {
        penalty += 0.01 * Math.abs(w) + 0.02 * w * w;
      }
      MultiLayerNetwork network = Dl4j.toDl4j(model);
      assertThat(network.calcRegularizationScore(true)).isCloseTo(penalty, within(1e-6));
    }
    try (Model model =
        Sequential.of(new Input(3), new Dense(2).kernelConstraint(Constraint.NON_NEGATIVE))) {
      assertThatThrownBy(() -> Dl4j.toDl4j(model))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("layer dense")
          .hasMessageContaining("no constraint");
    }
  }

  @Test
  void toDl4j_layerThatDl4jLacks_isRefusedByName() {
    record Doubled(String name) implements ElementwiseLayer {
      @Override
      public String className() {
        return "Doubled";
      }

      @Override
      public Expression forward() {
        return Expression.input(0).times(2);
      }

      @Override
      public Expression derivative() {
        return Expression.constant(2);
      }
    }
    try (Model model = Sequential.of(new Input(4), new Dense(2), new Doubled("twice"))) {
      assertThatThrownBy(() -> Dl4j.toDl4j(model))
          .hasMessage(
              "layer twice: expected a dense layer, or an activation behind one without, for DL4J,"
                  + " received Doubled. Save the model in another format.");
    }
  }

  @Test
  void save_compiledModel_isReadByDl4jAndLoadsAsItWas() throws IOException {
    Path file = folder.resolve("model.zip");
    try (Model model = MnistNetworks.of("mnist-dense")) {
      model.compile("adam", "categorical_crossentropy", "accuracy");
      Dataset digits = DIGITS.toCategorical(10);
      model.fit(digits, Fit.epochs(1).batchSize(100).verbose(0));
      model.save(file);
      MultiLayerNetwork network = ModelSerializer.restoreMultiLayerNetwork(file.toFile(), true);
      assertSameOutputs(model, network);
      assertThat(network.getIterationCount()).isEqualTo(10);
      try (Model loaded = Model.load(file)) {
        assertThat(loaded.getNamedWeights().keySet()).isEqualTo(model.getNamedWeights().keySet());
        assertEqual(loaded, model);
        assertThat(loaded.iterations()).isEqualTo(10);
        loaded.fit(digits, Fit.epochs(1).batchSize(100).shuffle(false).verbose(0));
        model.fit(digits, Fit.epochs(1).batchSize(100).shuffle(false).verbose(0));
        assertEqual(loaded, model); // to the bit: the state came along
      }
    }
  }

  private static void assertEqual(Model actual, Model expected) {
    expected
        .getNamedWeights()
        .forEach(
            (name, weight) ->
                assertThat(actual.getNamedWeights().get(name).floats()).isEqualTo(weight.floats()));
    expected
        .trainingState()
        .block(State.Block.SLOTS)
        .forEach(
            (name, slot) ->
                assertThat(actual.trainingState().block(State.Block.SLOTS).get(name).floats())
                    .isEqualTo(slot.floats()));
  }

  @Test
  void load_zipOfDl4j_predictsTheSame() throws IOException {
    MultiLayerNetwork network = Networks.small(builder(new RmsProp(1e-3)).dropOut(0.5));
    network.fit(Networks.digits(256, 128), 1);
    Path file = folder.resolve("dl4j.zip");
    NormalizerMinMaxScaler normalizer = new NormalizerMinMaxScaler();
    normalizer.fit(Networks.digits(128, 128));
    ModelSerializer.writeModel(network, file.toFile(), true);
    ModelSerializer.addNormalizerToModel(file.toFile(), normalizer);
    try (Model model = Model.load(file)) {
      assertSameOutputs(model, network);
      assertThatThrownBy(() -> model.evaluate(DIGITS)).hasMessageContaining("compile");
    }
  }

  @Test
  void load_zipWithoutState_predictsTheSame() throws IOException {
    MultiLayerNetwork network =
        Networks.network(
            builder(new Adam(1e-3)),
            LossFunction.XENT,
            Activation.SIGMOID,
            Activation.SIGMOID,
            784,
            25,
            1);
    Path file = folder.resolve("stateless.zip");
    ModelSerializer.writeModel(network, file.toFile(), false);
    try (Model model = Model.load(file)) {
      assertSameOutputs(model, network);
      assertThat(model.saved().compilation().loss().name()).isEqualTo("binary_crossentropy");
      assertThat(model.saved().compilation().optimizer().name()).isEqualTo("adam");
    }
  }
}
