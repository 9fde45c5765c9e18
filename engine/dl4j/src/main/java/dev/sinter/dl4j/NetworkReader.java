package dev.sinter.dl4j;

import dev.sinter.errors.InputException;
import dev.sinter.losses.Loss;
import dev.sinter.program.ActivationFunction;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.api.OptimizationAlgorithm;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.dropout.IDropout;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.stepfunctions.NegativeDefaultStepFunction;
import org.deeplearning4j.nn.conf.stepfunctions.NegativeGradientStepFunction;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.regularization.L1Regularization;
import org.nd4j.linalg.learning.regularization.L2Regularization;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * Reads a configuration of DL4J. What changes the outputs and what Sinter lacks is refused at once;
 * what changes the training alone is collected. Used by one thread at a time.
 */
final class NetworkReader {
  private static final String REMEDY = "Train this network with its own fit";
  private static final Map<Class<? extends IActivation>, ActivationFunction> ACTIVATIONS =
      Map.of(
          ActivationReLU.class, ActivationFunction.RELU,
          ActivationSigmoid.class, ActivationFunction.SIGMOID,
          ActivationTanH.class, ActivationFunction.TANH,
          ActivationSoftmax.class, ActivationFunction.SOFTMAX,
          ActivationIdentity.class, ActivationFunction.LINEAR);

  private final String prefix;
  private final List<InputException> refusals = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private @Nullable IUpdater updater; // of the first parameters

  private NetworkReader(String prefix) {
    this.prefix = prefix;
  }

  /**
   * Reads a configuration.
   *
   * @param prefix of messages: empty, or a file's name with a comma
   * @throws InputException for what Sinter cannot compute
   */
  static Dl4jNetwork read(String prefix, MultiLayerConfiguration configuration) {
    return new NetworkReader(prefix).network(configuration);
  }

  private Dl4jNetwork network(MultiLayerConfiguration configuration) {
    String where = prefix + "network";
    int count = configuration.getConfs() == null ? 0 : configuration.getConfs().size();
    require(count > 0, where, "at least one layer", "none");
    require(
        configuration.getDataType() == DataType.FLOAT,
        where,
        "the data type FLOAT",
        configuration.getDataType());
    var preProcessors = configuration.getInputPreProcessors();
    if (preProcessors != null && !preProcessors.isEmpty()) {
      var first = preProcessors.entrySet().iterator().next();
      String received = first.getValue() == null ? "one" : simple(first.getValue());
      require(false, prefix + "layer " + first.getKey(), "no input preprocessor", received);
    }
    train(
        configuration.getBackpropType() == BackpropType.Standard,
        where,
        "standard backpropagation",
        configuration.getBackpropType());
    List<DenseUnit> layers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      layers.add(unit(i, i + 1 == count, configuration.getConf(i)));
      if (i > 0) {
        int before = layers.get(i - 1).units();
        int inputs = layers.get(i).inputs();
        require(before == inputs, prefix + "layer " + i, before + " inputs", inputs);
      }
    }
    Loss loss = loss(count - 1, configuration, layers.get(count - 1));
    boolean trainable = updater != null && Dl4jOptimizer.knows(updater);
    return new Dl4jNetwork(layers, trainable ? updater : null, loss, refusals);
  }

  private DenseUnit unit(int index, boolean last, NeuralNetConfiguration configuration) {
    String where = prefix + "layer " + index;
    Object layer = configuration.getLayer();
    Class<?> kind = last ? OutputLayer.class : DenseLayer.class;
    if (layer == null || layer.getClass() != kind) {
      String received = layer == null ? "none" : simple(layer);
      require(false, where, kind.getSimpleName() + (last ? " at the end" : ""), received);
    }
    FeedForwardLayer unit = (FeedForwardLayer) configuration.getLayer();
    boolean bias = layer instanceof DenseLayer d ? d.hasBias() : ((OutputLayer) layer).hasBias();
    boolean norm = layer instanceof DenseLayer d && d.hasLayerNorm();
    require(!norm, where, "no layer normalization", "hasLayerNorm");
    size(where, "inputs", unit.getNIn());
    size(where, "units", unit.getNOut());
    long parameters = unit.getNIn() * unit.getNOut();
    require(parameters <= 1 << 30, where, "at most " + (1 << 30) + " weights", parameters);
    ActivationFunction activation = activation(where, unit.getActivationFn());
    require(
        activation != ActivationFunction.SOFTMAX || unit.getNOut() > 1,
        where,
        "at least 2 units under softmax",
        1);
    training(where, configuration, unit);
    updater(where, unit.getUpdaterByParam("W"));
    if (bias) {
      updater(where + ", bias", unit.getUpdaterByParam("b"));
    }
    return new DenseUnit(
        name(index, unit.getLayerName()),
        (int) unit.getNIn(),
        (int) unit.getNOut(),
        activation,
        bias,
        penalty(where, unit.getRegularization()),
        bias ? penalty(where + ", bias", unit.getRegularizationBias()) : Penalty.NONE);
  }

  private void size(String where, String what, long size) {
    require(size > 0 && size <= 1 << 24, where, "1 to " + (1 << 24) + " " + what, size);
  }

  private String name(int index, @Nullable String given) {
    boolean usable = given != null && given.matches("[A-Za-z0-9_.-]{1,64}") && names.add(given);
    String name = usable ? given : "dense_layer" + index;
    names.add(name);
    return name;
  }

  private ActivationFunction activation(String where, @Nullable IActivation received) {
    ActivationFunction function = received == null ? null : ACTIVATIONS.get(received.getClass());
    boolean plain =
        !(received instanceof ActivationReLU relu)
            || ((relu.getMax() == null || relu.getMax() == 0)
                && (relu.getThreshold() == null || relu.getThreshold() == 0)
                && (relu.getNegativeSlope() == null || relu.getNegativeSlope() == 0));
    if (function == null || !plain) {
      throw InputException.of(
          where,
          "the activation relu, sigmoid, tanh, softmax or identity",
          received == null ? "none" : received.toString(),
          "Use one of these");
    }
    return function;
  }

  /** Collects what Sinter does not do in training. */
  private void training(String where, NeuralNetConfiguration configuration, BaseLayer layer) {
    IDropout dropout = layer.getIDropout();
    train(
        dropout == null,
        where,
        "no dropout",
        dropout instanceof Dropout d && d.getPSchedule() == null ? "dropout " + d.getP() : dropout);
    train(layer.getWeightNoise() == null, where, "no weight noise", layer.getWeightNoise());
    boolean free = layer.getConstraints() == null || layer.getConstraints().isEmpty();
    train(free, where, "no constraints", layer.getConstraints());
    GradientNormalization normalization = layer.getGradientNormalization();
    train(
        normalization == null || normalization == GradientNormalization.None,
        where,
        "no gradient normalization",
        normalization);
    train(configuration.isMiniBatch(), where, "miniBatch true", "miniBatch false");
    train(configuration.isMinimize(), where, "minimize true", "minimize false");
    OptimizationAlgorithm algorithm = configuration.getOptimizationAlgo();
    train(
        algorithm == OptimizationAlgorithm.STOCHASTIC_GRADIENT_DESCENT,
        where,
        OptimizationAlgorithm.STOCHASTIC_GRADIENT_DESCENT,
        algorithm);
    Object step = configuration.getStepFunction();
    train(
        step == null
            || step.getClass() == NegativeDefaultStepFunction.class
            || step.getClass() == NegativeGradientStepFunction.class,
        where,
        "the default step function",
        step);
  }

  private void updater(String where, @Nullable IUpdater received) {
    boolean known = received != null && Dl4jOptimizer.knows(received);
    train(
        known,
        where,
        "an updater among Sgd, Nesterovs, Adam, AMSGrad, RmsProp, AdaGrad, AdaDelta, AdaMax, Nadam and NoOp",
        received == null ? "none" : simple(received));
    if (updater == null) {
      updater = received;
      train(
          !(received instanceof Nesterovs n) || n.getMomentumISchedule() == null,
          where,
          "a constant momentum",
          "a schedule");
    } else {
      train(updater.equals(received), where, "the updater of layer 0, " + updater, received);
    }
  }

  private Penalty penalty(String where, @Nullable List<Regularization> regularizations) {
    double l1 = 0;
    double l2 = 0;
    for (Regularization one :
        regularizations == null ? List.<Regularization>of() : regularizations) {
      ISchedule schedule = null;
      if (one.getClass() == L1Regularization.class) {
        schedule = ((L1Regularization) one).getL1();
      } else if (one.getClass() == L2Regularization.class) {
        schedule = ((L2Regularization) one).getL2();
      }
      if (schedule instanceof FixedSchedule fixed) {
        l1 += one instanceof L1Regularization ? fixed.getValue() : 0;
        l2 += one instanceof L2Regularization ? fixed.getValue() : 0;
      } else {
        train(false, where, "constant l1 and l2 as regularization", one);
      }
    }
    return l1 == 0 && l2 == 0 ? Penalty.NONE : new Penalty(l1, l2);
  }

  private @Nullable Loss loss(int index, MultiLayerConfiguration configuration, DenseUnit last) {
    String where = prefix + "layer " + index;
    var function = ((OutputLayer) configuration.getConf(index).getLayer()).getLossFn();
    try {
      if (function != null) {
        return Losses.of(where, function, last.activation(), last.units());
      }
      train(false, where, "a loss", "none");
    } catch (InputException refused) {
      refusals.add(refused);
    }
    return null;
  }

  private static void require(
      boolean accepted, String where, String expected, @Nullable Object received) {
    if (!accepted) {
      throw InputException.of(where, expected, received, "Use a network of dense layers in float");
    }
  }

  private void train(boolean accepted, String where, Object expected, @Nullable Object received) {
    if (!accepted) {
      refusals.add(InputException.of(where, expected, received, REMEDY));
    }
  }

  private static String simple(Object received) {
    return received.getClass().getSimpleName();
  }
}
