package dev.sinter.dl4j;

import dev.sinter.errors.InputException;
import dev.sinter.layers.Activation;
import dev.sinter.layers.Dense;
import dev.sinter.layers.L1L2;
import dev.sinter.layers.Layer;
import dev.sinter.layers.WeightSettings;
import dev.sinter.losses.Loss;
import dev.sinter.optimizers.Adam;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.optimizers.Sgd;
import dev.sinter.program.ActivationFunction;
import dev.sinter.saving.Compilation;
import dev.sinter.saving.NamedLayer;
import dev.sinter.saving.SavedModel;
import dev.sinter.saving.TrainingProgress;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.learning.config.AMSGrad;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.lossfunctions.impl.LossL1;
import org.nd4j.linalg.lossfunctions.impl.LossL2;
import org.nd4j.linalg.lossfunctions.impl.LossMAE;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns a model into a network of DL4J. Any number of threads may call its methods. */
final class ToDl4j {
  private static final Logger LOG = LoggerFactory.getLogger(Dl4j.class);

  private ToDl4j() {}

  /**
   * Returns a network with the model's weights and, where DL4J computes the same, its loss, its
   * optimizer and what it keeps. A warning names what is left out.
   *
   * @throws InputException for a layer that is not dense, by name
   */
  static MultiLayerNetwork network(SavedModel model) {
    List<DenseUnit> units = units(model);
    Compilation compilation = model.compilation();
    IUpdater updater = compilation == null ? null : updater(compilation.optimizer(), model);
    TrainingProgress progress = updater == null ? null : model.progress();
    MultiLayerNetwork network =
        new MultiLayerNetwork(configuration(model, units, updater, progress));
    network.init();
    FlatLayout layout = new FlatLayout(units);
    float[] parameters = new float[layout.size()];
    layout.put(model.weights(), parameters, 0, "");
    NativeFloats.write(parameters, network.params());
    if (progress != null && !progress.slots().isEmpty() && compilation != null) {
      List<String> slots = compilation.optimizer().rule().slots();
      float[] state = new float[slots.size() * layout.size()];
      for (int slot = 0; slot < slots.size(); slot++) {
        layout.put(progress.slots(), state, slot * layout.size(), "." + slots.get(slot));
      }
      NativeFloats.write(state, network.getUpdater().getStateViewArray());
    }
    return network;
  }

  private static MultiLayerConfiguration configuration(
      SavedModel model,
      List<DenseUnit> units,
      @Nullable IUpdater updater,
      @Nullable TrainingProgress progress) {
    var list =
        new NeuralNetConfiguration.Builder()
            .seed(progress == null ? 1 : progress.seed())
            .weightInit(WeightInit.XAVIER_UNIFORM) // Keras's glorot uniform
            .updater(updater == null ? new org.nd4j.linalg.learning.config.Sgd() : updater)
            .list();
    for (DenseUnit unit : units.subList(0, units.size() - 1)) {
      list.layer(
          new DenseLayer.Builder()
              .name(unit.name())
              .nIn(unit.inputs())
              .nOut(unit.units())
              .hasBias(unit.bias())
              .activation(activation(unit))
              .l1(unit.kernelPenalty().l1())
              .l2(unit.kernelPenalty().l2())
              .l1Bias(unit.biasPenalty().l1())
              .l2Bias(unit.biasPenalty().l2())
              .build());
    }
    DenseUnit last = units.get(units.size() - 1);
    list.layer(
        new OutputLayer.Builder(loss(model, last))
            .name(last.name())
            .nIn(last.inputs())
            .nOut(last.units())
            .hasBias(last.bias())
            .activation(activation(last))
            .l1(last.kernelPenalty().l1())
            .l2(last.kernelPenalty().l2())
            .l1Bias(last.biasPenalty().l1())
            .l2Bias(last.biasPenalty().l2())
            .build());
    list.validateOutputLayerConfig(false); // a loss may suit a network less than DL4J likes
    MultiLayerConfiguration configuration = list.build();
    if (progress != null) {
      configuration.setIterationCount((int) Math.min(Integer.MAX_VALUE, progress.iterations()));
      configuration.setEpochCount(progress.epochs());
    }
    return configuration;
  }

  private static List<DenseUnit> units(SavedModel model) {
    model.requirePath("DL4J");
    List<DenseUnit> units = new ArrayList<>();
    if (!model.input().isVector()) {
      throw InputException.of(
          "model " + model.name(),
          "samples that are vectors",
          model.input(),
          "Flatten the dataset");
    }
    int inputs = model.input().size();
    for (NamedLayer named : model.layers()) {
      Layer layer = named.layer();
      DenseUnit before = units.isEmpty() ? null : units.get(units.size() - 1);
      if (layer instanceof Activation activation
          && before != null
          && before.activation() == ActivationFunction.LINEAR) {
        units.set(units.size() - 1, activated(before, activation.function()));
      } else if (layer instanceof Dense dense) {
        Penalty kernel = penalty(named.name(), dense.kernel());
        units.add(unit(named.name(), inputs, dense, kernel, penalty(named.name(), dense.bias())));
      } else if (layer instanceof PenalizedDense own) {
        units.add(unit(named.name(), inputs, own.dense(), own.kernel(), own.bias()));
      } else {
        throw InputException.of(
            "layer " + named.name(),
            "a dense layer, or an activation behind one without, for DL4J",
            layer.className(),
            "Save the model in another format");
      }
      inputs = units.get(units.size() - 1).units();
    }
    return units;
  }

  /** Returns the penalty that DL4J knows: its l2 is twice Keras's. */
  private static Penalty penalty(String layer, WeightSettings weight) {
    if (weight.constraint() != null
        || (weight.regularizer() != null && !(weight.regularizer() instanceof L1L2))) {
      throw InputException.of(
          "layer " + layer,
          "l1, l2 and no constraint, for DL4J",
          weight,
          "Save the model in another format");
    }
    return weight.regularizer() instanceof L1L2 factors
        ? new Penalty(factors.l1(), 2 * factors.l2())
        : Penalty.NONE;
  }

  private static DenseUnit unit(
      String name, int inputs, Dense dense, Penalty kernel, Penalty bias) {
    return new DenseUnit(
        name, inputs, dense.units(), dense.activation(), dense.useBias(), kernel, bias);
  }

  private static DenseUnit activated(DenseUnit unit, ActivationFunction activation) {
    return new DenseUnit(
        unit.name(),
        unit.inputs(),
        unit.units(),
        activation,
        unit.bias(),
        unit.kernelPenalty(),
        unit.biasPenalty());
  }

  private static IActivation activation(DenseUnit unit) {
    return switch (unit.activation()) {
      case LINEAR -> new org.nd4j.linalg.activations.impl.ActivationIdentity();
      case RELU -> new org.nd4j.linalg.activations.impl.ActivationReLU();
      case SIGMOID -> new org.nd4j.linalg.activations.impl.ActivationSigmoid();
      case TANH -> new org.nd4j.linalg.activations.impl.ActivationTanH();
      case SOFTMAX -> new org.nd4j.linalg.activations.impl.ActivationSoftmax();
      default ->
          throw InputException.of(
              "layer " + unit.name(),
              "one of the activations linear, relu, sigmoid, tanh, softmax for DL4J",
              unit.activation(),
              "Save the model in another format");
    };
  }

  private static ILossFunction loss(SavedModel model, DenseUnit last) {
    Loss loss = model.compilation() == null ? null : model.compilation().loss();
    boolean softmax = last.activation() == ActivationFunction.SOFTMAX;
    boolean sigmoid = last.activation() == ActivationFunction.SIGMOID;
    if (loss instanceof Losses.ClippedCrossEntropy own) {
      return new LossBinaryXENT(own.epsilon());
    } else if (loss instanceof Losses.Summed own) {
      return own.name().endsWith("l2") ? new LossL2() : new LossL1();
    } else if (Loss.MEAN_SQUARED_ERROR.equals(loss)) {
      return new LossMSE();
    } else if (Loss.MEAN_ABSOLUTE_ERROR.equals(loss)) {
      return new LossMAE();
    }
    boolean classes =
        Loss.CATEGORICAL_CROSSENTROPY.equals(loss)
            || Loss.SPARSE_CATEGORICAL_CROSSENTROPY.equals(loss);
    boolean same = classes && softmax;
    same |= Loss.BINARY_CROSSENTROPY.equals(loss) && sigmoid && last.units() == 1;
    ILossFunction chosen =
        softmax ? new LossMCXENT() : sigmoid ? new LossBinaryXENT() : new LossMSE();
    if (loss != null && !same) {
      LOG.warn(
          "model {}: the loss {} is left out, as DL4J computes another one; the network has {}",
          model.name(),
          loss.name(),
          chosen.name());
    }
    return chosen;
  }

  /** Returns the updater that computes the same; null, with a warning, if there is none. */
  private static @Nullable IUpdater updater(Optimizer optimizer, SavedModel model) {
    TrainingProgress progress = model.progress();
    double rate = progress == null ? optimizer.learningRate() : progress.learningRate();
    if (optimizer instanceof Dl4jOptimizer own) {
      IUpdater updater = own.updater();
      if (updater.hasLearningRate()) {
        updater.setLrAndSchedule(rate, null);
      }
      return updater;
    } else if (optimizer instanceof Sgd sgd && sgd.momentum() == 0) {
      return new org.nd4j.linalg.learning.config.Sgd(rate);
    } else if (optimizer instanceof Sgd sgd && sgd.nesterov()) {
      return new Nesterovs(rate, sgd.momentum());
    } else if (optimizer instanceof Adam adam) {
      return adam.amsgrad()
          ? new AMSGrad(rate, adam.beta1(), adam.beta2(), adam.epsilon())
          : new org.nd4j.linalg.learning.config.Adam(
              rate, adam.beta1(), adam.beta2(), adam.epsilon());
    }
    LOG.warn(
        "model {}: the optimizer {} is left out, as ND4J's updaters compute otherwise; the network has Sgd",
        model.name(),
        optimizer.name());
    return null;
  }
}
