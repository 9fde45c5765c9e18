package dev.sinter.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.Fit;
import dev.sinter.Functional;
import dev.sinter.Model;
import dev.sinter.Sequential;
import dev.sinter.compile.Goal;
import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.layers.Activation;
import dev.sinter.layers.Add;
import dev.sinter.layers.Average;
import dev.sinter.layers.AveragePooling2D;
import dev.sinter.layers.BatchNormalization;
import dev.sinter.layers.Concatenate;
import dev.sinter.layers.Conv2D;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Dropout;
import dev.sinter.layers.ELU;
import dev.sinter.layers.Embedding;
import dev.sinter.layers.Flatten;
import dev.sinter.layers.GlobalAveragePooling2D;
import dev.sinter.layers.Input;
import dev.sinter.layers.Layer;
import dev.sinter.layers.LayerNormalization;
import dev.sinter.layers.LeakyReLU;
import dev.sinter.layers.MaxPooling2D;
import dev.sinter.layers.Maximum;
import dev.sinter.layers.Minimum;
import dev.sinter.layers.Multiply;
import dev.sinter.layers.Node;
import dev.sinter.layers.ReLU;
import dev.sinter.layers.Rescaling;
import dev.sinter.layers.Reshape;
import dev.sinter.layers.Subtract;
import dev.sinter.losses.CrossEntropy;
import dev.sinter.losses.Loss;
import dev.sinter.optimizers.Sgd;
import dev.sinter.program.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The gradient that a training step applies, against central differences of the loss: networks with
 * every activation and loss, folded and composed. Test classes of backends extend this one.
 *
 * <p>One step of SGD at a learning rate of 1 moves each weight by its gradient. The difference
 * quotient at h = 2^-7 errs by about h^2 of the third derivative and by 2^-24 / h of the loss.
 */
public abstract class GradientContract {
  private static final int SAMPLES = 5;
  private static final int FEATURES = 4;
  private static final float STEP = 0x1p-7f;
  private static final float BOUND = 2e-3f;
  private static final long SEED = 11;
  private static final Fit STEP_OF_ALL = Fit.epochs(1).batchSize(SAMPLES).shuffle(false).verbose(0);

  private final String backend;

  protected GradientContract(String backend) {
    this.backend = backend;
  }

  static Stream<Arguments> networks() {
    Loss sparse = Loss.SPARSE_CATEGORICAL_CROSSENTROPY;
    Loss categorical = Loss.CATEGORICAL_CROSSENTROPY;
    Loss binary = Loss.BINARY_CROSSENTROPY;
    Loss squared = Loss.MEAN_SQUARED_ERROR;
    return Stream.of(
        network("relu, softmax, folded", sparse, new Dense(6).relu(), new Dense(3).softmax()),
        network(
            "activation layers",
            categorical,
            new Dense(5),
            new Activation("sigmoid"),
            new Dense(3),
            new Activation("softmax")),
        network(
            "three sigmoids",
            binary,
            new Dense(5).sigmoid(),
            new Dense(4).sigmoid(),
            new Dense(1).sigmoid()),
        network("several binary outputs", binary, new Dense(4).tanh(), new Dense(3).sigmoid()),
        network("tanh, linear", squared, new Dense(6).tanh(), new Dense(2)),
        network(
            "softmax within and squared error",
            squared,
            new Dense(4).softmax(),
            new Dense(3).tanh(),
            new Dense(2).softmax()),
        network(
            "sigmoid outputs as probabilities of classes",
            sparse,
            new Dense(5).tanh(),
            new Dense(3).sigmoid()),
        network(
            "sigmoid outputs, one-hot", categorical, new Dense(5).tanh(), new Dense(3).sigmoid()),
        network("softmax outputs as binary ones", binary, new Dense(3).softmax()),
        network(
            "two activations in a row",
            squared,
            new Dense(4).tanh(),
            new Activation("sigmoid"),
            new Dense(2)),
        network(
            "a layer from outside with two weights",
            sparse,
            new Dense(5).tanh(),
            new ScaledDense(4, null),
            new ScaledDense(3, "last"),
            new Activation("softmax")),
        network(
            "a loss from outside", new OwnObjectives.Huber(0.4), new Dense(4).tanh(), new Dense(2)),
        network(
            "a loss from outside over class indices",
            new OwnObjectives.Brier(),
            new Dense(5).relu(),
            new Dense(3).softmax()),
        network(
            "logits and smoothed labels",
            CrossEntropy.categorical().fromLogits(true).labelSmoothing(0.2),
            new Dense(4).tanh(),
            new Dense(3)),
        network("categorical hinge", Loss.CATEGORICAL_HINGE, new Dense(4).tanh(), new Dense(3)),
        network(
            "activations whose derivatives need the input",
            squared,
            new Dense(3, "gelu"),
            new Activation("silu"),
            new Dense(2, "softplus")),
        network(
            "activations of two branches",
            squared,
            new Dense(4, "selu"),
            new ELU(0.5),
            new Dense(3),
            new LeakyReLU(),
            new Dense(2, "leaky_relu")),
        network(
            "activations of the output alone",
            squared,
            new Dense(3, "softsign"),
            new Dense(3, "hard_sigmoid"),
            new ReLU().negativeSlope(0.1).maxValue(0.6),
            new Dense(2, "elu"),
            new Activation("exponential")),
        network(
            "normalizations of vectors and dropout",
            squared,
            new Dense(3).tanh(),
            new BatchNormalization(),
            new Dropout(0.3),
            new LayerNormalization(),
            new Dense(2)),
        network(
            "normalizations of places, with parts of their weights",
            squared,
            new Dense(4).tanh(),
            new Reshape(2, 2),
            new BatchNormalization().center(false),
            new LayerNormalization().scale(false),
            new Flatten(),
            new BatchNormalization().scale(false),
            new Dense(2).useBias(false).tanh()),
        network(
            "categories",
            squared,
            new Embedding(3, 2),
            new Rescaling(9),
            new Flatten(),
            new Dense(2)),
        network("absolute error", Loss.MEAN_ABSOLUTE_ERROR, new Dense(4).tanh(), new Dense(2)),
        network(
            "images",
            sparse,
            new Reshape(2, 2, 1),
            new Conv2D(3, 2).padding("same").activation("tanh"),
            new AveragePooling2D(2).strides(1).padding("same"),
            new Conv2D(2, 2).padding("same").relu(),
            new MaxPooling2D(2),
            new Flatten(),
            new Dense(3).softmax()),
        network(
            "images, the mean of each channel",
            squared,
            new Reshape(2, 2, 1),
            new Conv2D(3, 2, 1).useBias(false).strides(1, 2).activation("sigmoid"),
            new GlobalAveragePooling2D(),
            new Dense(2)),
        network(
            "an activation first",
            squared,
            new Activation("tanh"),
            new Dense(3).useBias(false).sigmoid(),
            new Dense(2).useBias(false)));
  }

  private static Arguments network(String name, Loss loss, Layer... layers) {
    return Arguments.of(name, loss, List.of(layers));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("networks")
  void gradient_ofEveryWeight_isTheDifferenceQuotientOfTheLoss(
      String name, Loss loss, List<Layer> layers) {
    try (Model model = Sequential.of(layers.toArray(Layer[]::new))) {
      model.seed(SEED).backend(backend);
      model.compile(new Sgd(1), loss);
      model.build(FEATURES);
      boolean indices = layers.get(0) instanceof Embedding;
      check(name, model, samples(loss, model.layers().get(layers.size() - 1).outputs(), indices));
    }
  }

  /** Two inputs, a shared layer, a skip connection, and an output that feeds another one. */
  @Test
  void gradient_ofEveryWeight_inAGraph_isTheDifferenceQuotientOfTheLoss() {
    Node a = Input.of("a", 2);
    Node b = Input.of("b", 2);
    Layer shared = new Dense(3).tanh();
    Node left = shared.apply(a);
    Node right = shared.apply(b);
    Node skip = new Add().apply(left, new Dense(3).sigmoid().apply(left));
    Node pairs = // image features: along the last of two axes
        new Concatenate().apply(new Reshape(3, 1).apply(skip), new Reshape(3, 1).apply(right));
    Node joined = new Concatenate().apply(new Flatten().apply(pairs), b);
    Node kind = new Dense(3).softmax().name("kind").apply(joined);
    Node product = new Multiply().apply(left, right);
    Node largest = new Maximum().apply(skip, right);
    Node rest = new Minimum().apply(new Subtract().apply(kind, left), right);
    Node size = new Dense(1).name("size").apply(new Average().apply(product, largest, rest));
    try (Functional model = Functional.of(List.of(a, b), List.of(kind, size))) {
      model.seed(13).backend(backend); // with no two inputs of a maximum close together
      model.compile(
          new Sgd(1),
          new Goal("size", Loss.MEAN_SQUARED_ERROR).weight(0.5),
          new Goal("kind", Loss.SPARSE_CATEGORICAL_CROSSENTROPY));
      Dataset data = samples(Loss.MEAN_SQUARED_ERROR, 2, false);
      float[] labels = data.y().toFloats();
      for (int row = 0; row < SAMPLES; row++) {
        labels[2 * row] = row % 3;
      }
      check("a graph", model, Dataset.of(data.source(), Tensor.of(labels, SAMPLES, 2)));
    }
  }

  private static void check(String name, Model model, Dataset data) {
    List<Tensor> weights = model.getWeights();
    List<String> names = List.copyOf(model.getNamedWeights().keySet());
    Set<String> trained = model.trainingState().block(State.Block.TRAINABLE).keySet();
    model.fit(data, STEP_OF_ALL);
    List<Tensor> moved = model.getWeights();
    float largest = 0;
    for (int array = 0; array < weights.size(); array++) {
      if (!trained.contains(names.get(array))) {
        continue; // a step moves a running mean otherwise
      }
      for (int i = 0; i < weights.get(array).size(); i++) {
        float gradient = weights.get(array).get(i) - moved.get(array).get(i);
        double quotient =
            (lossAt(model, data, weights, array, i, STEP)
                    - lossAt(model, data, weights, array, i, -STEP))
                / (2 * STEP);
        assertThat((double) gradient)
            .as("%s, array %d, element %d, seed %d", name, array, i, SEED)
            .isCloseTo(quotient, Offset.offset((double) BOUND));
        largest = Math.max(largest, Math.abs(gradient));
      }
    }
    assertThat(largest).as("a gradient far above the bound").isGreaterThan(10 * BOUND);
  }

  /** Same masks, same running means: what is dropped is no matter of the backend. */
  @Test
  void training_withDropoutAndNormalization_goesAsOnTheReference() {
    Dataset data = samples(Loss.MEAN_SQUARED_ERROR, 2, false);
    List<Tensor> expected = trained("reference", data);
    List<Tensor> received = trained(backend, data);
    for (int array = 0; array < expected.size(); array++) {
      for (int i = 0; i < expected.get(array).size(); i++) {
        assertThat(received.get(array).get(i))
            .as("array %d, element %d, seed %d", array, i, SEED)
            .isCloseTo(expected.get(array).get(i), Offset.offset(1e-3f));
      }
    }
  }

  private static List<Tensor> trained(String backend, Dataset data) {
    try (Model model =
        Sequential.of(
            new Dense(6, "gelu"),
            new BatchNormalization().momentum(0.5),
            new Dropout(0.5),
            new Dense(2))) {
      model.seed(SEED).backend(backend).compile(new Sgd(0.1), Loss.MEAN_SQUARED_ERROR);
      double training = model.fit(data, STEP_OF_ALL).last("loss");
      assertThat(training).isNotEqualTo(model.evaluate(data).loss()); // nothing is dropped here
      model.fit(data, STEP_OF_ALL);
      List<Tensor> result = new ArrayList<>(model.getWeights());
      result.add(model.predict(data));
      assertThat(model.predict(data)).isEqualTo(result.get(result.size() - 1));
      return result;
    }
  }

  private static double lossAt(
      Model model, Dataset data, List<Tensor> weights, int array, int element, float change) {
    List<Tensor> changed = new ArrayList<>(weights);
    float[] values = weights.get(array).toFloats();
    values[element] += change;
    changed.set(array, Tensor.of(values, weights.get(array).shape()));
    model.setWeights(changed);
    boolean same = model.layers().stream().noneMatch(each -> differs(each.layer()));
    return same ? model.evaluate(data).loss() : trainingLoss(model, data);
  }

  /** Returns whether training computes something else than evaluation. */
  private static boolean differs(Layer layer) {
    return layer instanceof BatchNormalization || layer instanceof Dropout;
  }

  /** Returns the loss of the first step, before its update. */
  private static double trainingLoss(Model model, Dataset data) {
    model.trainingState().setCounters(Map.of("iterations", 0L, "epochs", 0L));
    return model.fit(data, STEP_OF_ALL).last("loss");
  }

  private static Dataset samples(Loss loss, int outputs, boolean indices) {
    SplittableRandom random = new SplittableRandom(SEED);
    float[] x = new float[SAMPLES * FEATURES];
    for (int i = 0; i < x.length; i++) {
      x[i] = indices ? i % 3 : (float) random.nextDouble(-1, 1);
    }
    int columns = loss.labelColumns(outputs);
    float[] y = new float[SAMPLES * columns];
    for (int i = 0; i < y.length; i++) {
      if (loss instanceof CrossEntropy own && own.labels() == CrossEntropy.Labels.DISTRIBUTIONS
          || loss.equals(Loss.CATEGORICAL_HINGE)) {
        y[i] = i % columns == i / columns % columns ? 1 : 0;
      } else if (loss.equals(Loss.BINARY_CROSSENTROPY)) {
        y[i] = i % 2;
      } else {
        y[i] = columns < outputs ? i % outputs : (float) random.nextDouble(-1, 1);
      }
    }
    return Dataset.of(Tensor.of(x, SAMPLES, FEATURES), Tensor.of(y, SAMPLES, columns));
  }
}
