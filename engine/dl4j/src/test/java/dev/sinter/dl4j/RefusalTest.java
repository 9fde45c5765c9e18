package dev.sinter.dl4j;

import static dev.sinter.dl4j.Networks.builder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.errors.InputException;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.AdaBelief;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** What Sinter would train otherwise than DL4J is refused, and the network left as it was. */
class RefusalTest {
  static Stream<Arguments> configurations() {
    var schedule = new ExponentialSchedule(ScheduleType.EPOCH, 0.1, 0.5);
    return Stream.of(
        refused(sgd().dropOut(0.5), "layer 0: expected no dropout, received dropout 0.5."),
        refused(
            sgd().weightNoise(new DropConnect(0.5)), "layer 0: expected no weight noise, received"),
        refused(
            sgd().constrainWeights(new MaxNormConstraint(1, 1)),
            "layer 0: expected no constraints, received"),
        refused(
            sgd().gradientNormalization(GradientNormalization.ClipL2PerLayer),
            "layer 0: expected no gradient normalization, received ClipL2PerLayer."),
        refused(sgd().miniBatch(false), "layer 0: expected miniBatch true, received"),
        refused(sgd().weightDecay(0.1), "layer 0: expected constant l1 and l2 as regularization"),
        refused(
            sgd().biasUpdater(new Sgd(1)), "layer 0, bias: expected the updater of layer 0, Sgd("),
        refused(
            builder(new AdaBelief()), "layer 0: expected an updater among Sgd, Nesterovs, Adam,"),
        refused(
            builder(new Nesterovs(0.1, schedule)),
            "layer 0: expected a constant momentum, received a schedule."),
        refused(sgd().dataType(DataType.DOUBLE), "network: expected the data type FLOAT,"),
        refused(dense(), new LossLayer.Builder().build(), "layer 1: expected OutputLayer at the"),
        refused(
            new BatchNormalization.Builder().nIn(4).nOut(4).build(),
            output().build(),
            "layer 0: expected DenseLayer, received BatchNormalization."),
        refused(
            new DenseLayer.Builder().nIn(4).nOut(4).activation(Activation.ELU).build(),
            output().build(),
            "layer 0: expected the activation relu, sigmoid, tanh, softmax or identity"),
        refused(
            new DenseLayer.Builder()
                .nIn(4)
                .nOut(4)
                .activation(new ActivationReLU(6.0, null, null))
                .build(),
            output().build(),
            "layer 0: expected the activation relu, sigmoid, tanh, softmax or identity"),
        refused(
            new DenseLayer.Builder().nIn(4).nOut(4).hasLayerNorm(true).build(),
            output().build(),
            "layer 0: expected no layer normalization"),
        refused(
            dense(),
            output().updater(new Adam(1)).build(),
            "layer 1: expected the updater of layer 0, Sgd("),
        refused(dense(), output().dropOut(0.25).build(), "layer 1: expected no dropout, received"),
        refused(
            dense(),
            new OutputLayer.Builder(LossFunction.HINGE).nIn(4).nOut(2).build(),
            "layer 1: expected the loss MCXENT,"),
        refused(
            dense(),
            new OutputLayer.Builder(new LossMCXENT(Nd4j.createFromArray(1f, 2f)))
                .nIn(4)
                .nOut(2)
                .activation(Activation.SOFTMAX)
                .build(),
            "layer 1: expected a loss without label weights, received weights"),
        refused(
            dense(),
            output().activation(Activation.SIGMOID).build(),
            "layer 1: expected softmax before the loss LossMCXENT"));
  }

  private static NeuralNetConfiguration.Builder sgd() {
    return builder(new Sgd(0.1));
  }

  private static DenseLayer dense() {
    return new DenseLayer.Builder().nIn(4).nOut(4).activation(Activation.RELU).build();
  }

  private static OutputLayer.Builder output() {
    return new OutputLayer.Builder(LossFunction.MCXENT)
        .nIn(4)
        .nOut(2)
        .activation(Activation.SOFTMAX);
  }

  private static Arguments refused(NeuralNetConfiguration.Builder builder, String message) {
    return Arguments.of(
        new MultiLayerNetwork(builder.list().layer(dense()).layer(output().build()).build()),
        message);
  }

  private static Arguments refused(Layer first, Layer last, String message) {
    var list = sgd().list().layer(first).layer(last).validateOutputLayerConfig(false);
    return Arguments.of(new MultiLayerNetwork(list.build()), message);
  }

  @ParameterizedTest
  @MethodSource("configurations")
  void fit_configurationThatSinterLacks_isRefusedByName(MultiLayerNetwork network, String message) {
    network.init();
    INDArray start = network.params().dup();
    assertThatThrownBy(() -> Dl4j.fit(network, Networks.random(8, 4, 2, 4), 1))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(message)
        .hasMessageNotContaining("\n");
    assertThat(network.params()).isEqualTo(start);
    assertThat(network.getIterationCount()).isZero();
  }

  @Test
  void fit_truncatedBackpropagation_isRefusedByName() {
    var list = sgd().list().layer(dense()).layer(output().build());
    MultiLayerNetwork network = new MultiLayerNetwork(list.build());
    network.init();
    network.getLayerWiseConfigurations().setBackpropType(BackpropType.TruncatedBPTT);
    assertThatThrownBy(() -> Dl4j.fit(network, Networks.random(8, 4, 2, 4), 1))
        .hasMessageStartingWith("network: expected standard backpropagation, received Truncated");
  }

  @Test
  void fit_inputPreProcessor_isRefusedByName() {
    var list =
        sgd()
            .list()
            .layer(dense())
            .layer(output().build())
            .inputPreProcessor(0, new CnnToFeedForwardPreProcessor(2, 2, 1));
    MultiLayerNetwork network = new MultiLayerNetwork(list.build());
    network.init();
    assertThatThrownBy(() -> Dl4j.fit(network, Networks.random(8, 4, 2, 4), 1))
        .hasMessage(
            "layer 0: expected no input preprocessor, received CnnToFeedForwardPreProcessor."
                + " Use a network of dense layers in float.");
  }

  private static MultiLayerNetwork network() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(sgd().list().layer(dense()).layer(output().build()).build());
    network.init();
    return network;
  }

  @Test
  void fit_batchThatDoesNotFit_isRefusedByItsNumberAfterTheStepsBefore() {
    MultiLayerNetwork network = network();
    float[][] x = {{1, 2, 3, 4}};
    float[][] y = {{1, 0}};
    DataSet good = new DataSet(Nd4j.createFromArray(x), Nd4j.createFromArray(y));
    DataSet masked = new DataSet(Nd4j.createFromArray(x), Nd4j.createFromArray(y));
    masked.setLabelsMaskArray(Nd4j.ones(1, 1));
    float[][] wide = {{1, 0, 0}};
    float[][] twice = {{1, 1}};
    assertRefused(network, good, masked, "batch 1: expected no mask arrays, received a mask.");
    assertRefused(
        network,
        good,
        new DataSet(Nd4j.createFromArray(wide), Nd4j.createFromArray(y)),
        "batch 1: expected features of shape [1, 4], received [1, 3].");
    assertRefused(
        network,
        good,
        new DataSet(Nd4j.createFromArray(x), Nd4j.createFromArray(wide)),
        "batch 1: expected labels of shape [1, 2], received [1, 3].");
    assertRefused(
        network,
        good,
        new DataSet(Nd4j.createFromArray(x), Nd4j.createFromArray(twice)),
        "batch 1, row 0: expected labels that add up to 1, received a sum of 2.0.");
  }

  private static void assertRefused(
      MultiLayerNetwork network, DataSet first, DataSet second, String message) {
    var batches = new ExistingDataSetIterator(List.of(first, second));
    assertThatThrownBy(() -> Dl4j.fit(network, batches, 1))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void fit_noEpochs_isRefused() {
    assertThatThrownBy(() -> Dl4j.fit(network(), Networks.random(8, 4, 2, 4), 0))
        .hasMessage("epochs: expected at least 1, received 0. Correct the number.");
  }

  @Test
  void fit_networkWithoutParameters_isRefused() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(sgd().list().layer(dense()).layer(output().build()).build());
    assertThatThrownBy(() -> Dl4j.fit(network, Networks.random(8, 4, 2, 4), 1))
        .hasMessage("network: expected parameters, received none. Call init first.");
  }

  @Test
  void on_unknownBackend_isRefused() {
    assertThatThrownBy(() -> Dl4j.on("abacus").fit(network(), Networks.random(8, 4, 2, 4)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("abacus");
  }
}
