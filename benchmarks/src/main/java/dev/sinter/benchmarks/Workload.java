package dev.sinter.benchmarks;

import dev.sinter.Model;
import dev.sinter.ModelLayer;
import dev.sinter.data.Dataset;
import dev.sinter.data.Labels;
import dev.sinter.data.Tensor;
import dev.sinter.datasets.Mnist;
import dev.sinter.datasets.MnistOptions;
import dev.sinter.errors.InputException;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Layer;
import dev.sinter.losses.Loss;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Philox;
import dev.sinter.recipes.Recipe;
import dev.sinter.recipes.RecipeData;
import java.util.ArrayList;
import java.util.List;

/**
 * The work for every contender: the same network, optimizer and samples.
 *
 * @param recipe the network
 * @param batch B, samples per step
 * @param threads CPU threads; 0 lets the contender choose
 * @param optimizer with its hyperparameters
 * @param train training samples in random order, at least B of them
 * @param test samples outside the training set, in random order
 */
public record Workload(
    Recipe recipe, int batch, int threads, Optimizer optimizer, Dataset train, Dataset test) {
  /** The name for the optimizer of the recipe. */
  public static final String OWN_OPTIMIZER = "default";

  /** The number of test samples, which {@link InferenceBenchmark} predicts. */
  static final int TEST_SAMPLES = 10_000;

  /** The largest batch. */
  static final int MOST_BATCH = 1 << 14;

  private static final long SEED = 1;

  /** One dense layer of a stack: output = activation(input kernel + bias). */
  public record DenseLayer(int inputs, int units, ActivationFunction activation) {}

  /**
   * Generates the digits and prepares them for a recipe.
   *
   * @param optimizer the Keras name, or {@link #OWN_OPTIMIZER}
   */
  static Workload of(String recipe, int batch, int threads, String optimizer) {
    Mnist digits = Mnist.load(MnistOptions.defaults().generated(true));
    return of(digits, recipe, batch, threads, optimizer);
  }

  /** Prepares digits for a recipe. */
  static Workload of(Mnist digits, String recipe, int batch, int threads, String optimizer) {
    if (batch < 1 || batch > MOST_BATCH) {
      throw InputException.of("batch", "1 to " + MOST_BATCH, batch, "Correct the parameter");
    }
    Recipe chosen = Recipe.of(recipe);
    String name = optimizer.equals(OWN_OPTIMIZER) ? chosen.optimizer() : optimizer;
    RecipeData data = chosen.fromMnist(digits, 0);
    return new Workload(
        chosen,
        batch,
        threads,
        Optimizer.of(name),
        shuffled(data.train(), rows(data.train().size(), batch)),
        shuffled(data.test(), TEST_SAMPLES));
  }

  /**
   * Returns the number of rows: whole copies of the samples, at least one batch, and if possible a
   * divisor of the samples of one call of fit.
   */
  private static int rows(int size, int batch) {
    int rows = (batch + size - 1) / size * size;
    boolean divides = EpochBenchmark.SAMPLES % size == 0;
    while (divides && EpochBenchmark.SAMPLES % rows != 0 && rows < EpochBenchmark.SAMPLES) {
      rows += size;
    }
    return rows;
  }

  /**
   * Returns the given number of samples in random order; their frequencies differ by at most one.
   */
  private static Dataset shuffled(Dataset samples, int rows) {
    int[] order = new int[rows];
    for (int i = 0; i < rows; i++) {
      order[i] = samples.firstRow() + i % samples.size();
    }
    new Philox(SEED, Philox.Stream.SHUFFLE, 0).shuffle(order);
    Tensor x = samples.source().rows(order);
    return Dataset.of(x, samples.sourceLabels().rows(order)).like(samples);
  }

  /** Returns the layers of the network, in order. */
  public List<Layer> network() {
    try (Model model = recipe.model(0)) {
      return model.layers().stream().map(ModelLayer::layer).toList();
    }
  }

  /** Returns the network as dense layers with their activations. */
  public List<DenseLayer> layers() {
    List<DenseLayer> layers = new ArrayList<>();
    try (Model model = recipe.model(0)) {
      for (ModelLayer built : model.layers()) {
        Layer layer = built.layer();
        if (layer instanceof Dense dense) {
          layers.add(new DenseLayer(built.inputs(), dense.units(), dense.activation()));
        } else if (layer instanceof dev.sinter.layers.Activation activation) {
          DenseLayer before = layers.remove(layers.size() - 1);
          layers.add(new DenseLayer(before.inputs, before.units, activation.function()));
        } else {
          throw InputException.of(
              "peer with " + recipe.name(),
              "a network of Dense layers",
              layer.className(),
              "Measure it beside djl or peers.py --trainer pytorch");
        }
      }
    }
    return List.copyOf(layers);
  }

  /** Returns whether the labels are those of a binary cross-entropy, [N, 1]. */
  public boolean isBinary() {
    return recipe.loss().equals(Loss.BINARY_CROSSENTROPY);
  }

  /**
   * Returns the labels of a dataset as class indices [N], or as zeros and ones [N, 1] if binary.
   */
  public Tensor classes(Dataset samples) {
    Tensor y = samples.y();
    if (isBinary() || y.rowSize() == 1) {
      return y;
    }
    int[] classes = new int[samples.size()];
    for (int i = 0; i < classes.length; i++) {
      classes[i] = y.argmax(i);
    }
    return Tensor.of(classes);
  }

  /**
   * Returns the labels of a dataset as rows [N, C]: one-hot, or zeros and ones [N, 1] if binary.
   */
  public Tensor targets(Dataset samples) {
    Tensor y = samples.y();
    return isBinary() || y.rowSize() > 1
        ? y
        : Labels.toCategorical(y, layers().get(layers().size() - 1).units());
  }

  @Override
  public String toString() {
    return String.format(
        "%s, batch %d, %s, %s",
        recipe.name(),
        batch,
        optimizer,
        threads == 0 ? "threads as it chooses" : threads + " threads");
  }
}
