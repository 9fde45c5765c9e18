package dev.sinter.recipes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.Evaluation;
import dev.sinter.Fit;
import dev.sinter.History;
import dev.sinter.Model;
import dev.sinter.Sequential;
import dev.sinter.callbacks.ModelCheckpoint;
import dev.sinter.data.Dataset;
import dev.sinter.data.Npz;
import dev.sinter.data.Tensor;
import dev.sinter.datasets.Mnist;
import dev.sinter.datasets.MnistOptions;
import dev.sinter.errors.TrainingDivergedException;
import dev.sinter.layers.Dense;
import dev.sinter.metrics.Metric;
import dev.sinter.optimizers.Adam;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.report.SummaryOptions;
import dev.sinter.testkit.ScaledDense;
import dev.sinter.testkit.TestData;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whole trainings of the recipes: drift from float64, determinism, learning on generated digits,
 * and on real MNIST if SINTER_DATA names it. Test classes of backends extend this one.
 */
public abstract class TrainingContract {
  private static Mnist generated;

  private final String backend;
  private final double driftBound;
  private final boolean fast;

  /**
   * Creates the contract.
   *
   * @param driftBound of max|W - W64| / max|W64 - W0|
   * @param fast whether the backend can train a whole epoch of MNIST in a test
   */
  protected TrainingContract(String backend, double driftBound, boolean fast) {
    this.backend = backend;
    this.driftBound = driftBound;
    this.fast = fast;
  }

  /** Returns whether a recipe is worth training here with an optimizer; by default all are. */
  protected boolean trains(String recipe, String optimizer) {
    return true;
  }

  private void require(Recipe recipe, String optimizer) {
    Assumptions.assumeTrue(trains(recipe.name(), optimizer), "another test trains it");
  }

  private static synchronized Mnist generated() {
    if (generated == null) {
      generated = Mnist.load(MnistOptions.defaults().generated(true));
    }
    return generated;
  }

  /**
   * 100 steps, or 3 on raw pixels, where training is chaotic; adaptive optimizers have no float32
   * digits there.
   */
  @ParameterizedTest
  @CsvSource({
    "mnist-dense, sgd, 100, 32",
    "mnist-dense, momentum, 100, 32",
    "mnist-dense, nesterov, 100, 32",
    "mnist-dense, rmsprop, 100, 32",
    "mnist-dense, adam, 100, 32",
    "mnist-dense, adamw, 100, 32",
    "mnist-sigmoid, sgd, 3, 100",
    "mnist-sigmoid, momentum, 3, 100",
    "mnist-sigmoid, nesterov, 3, 100",
    "mnist-sigmoid scaled, rmsprop, 20, 100",
    "mnist-sigmoid scaled, adam, 20, 100",
    "mnist-sigmoid scaled, adamw, 20, 100",
    "digits01, sgd, 100, 25",
    "digits01, momentum, 100, 25",
    "digits01, nesterov, 100, 25",
    "digits01, rmsprop, 100, 25",
    "digits01, adam, 100, 25",
    "digits01, adamw, 100, 25"
  })
  void training_manySteps_staysNearFloat64(String name, String optimizer, int steps, int hidden) {
    String recipeName = name.replace(" scaled", "");
    Recipe recipe = Recipe.of(recipeName);
    require(recipe, optimizer);
    int batch = recipe.batchSize();
    Dataset data = recipe.fromMnist(generated(), steps * batch).train();
    int samples =
        data.size() / batch * batch; // only full batches, so that all steps have the same size
    data = data.take(samples).scale(name.equals(recipeName) ? 1 : 1 / 255f);
    try (Model model = compiled(recipe, optimizer, hidden, 7)) {
      Map<String, Tensor> initial = model.getNamedWeights();
      Float64Network network =
          new Float64Network(
              units(recipeName, hidden), activations(recipeName), optimizer, initial);
      int stepsAnEpoch = samples / batch;
      int epochs = (steps + stepsAnEpoch - 1) / stepsAnEpoch;
      model.fit(data, Fit.epochs(epochs).batchSize(batch).shuffle(false).verbose(0));
      network.train(data, batch, epochs * stepsAnEpoch);
      Map<String, Double> drift = network.drift(initial, model.getNamedWeights());
      assertThat(drift)
          .allSatisfy(
              (array, value) -> assertThat(value).as(drift.toString()).isLessThan(driftBound));
    }
  }

  private static int[] units(String recipe, int hidden) {
    return recipe.equals("digits01") ? new int[] {400, hidden, 15, 1} : new int[] {784, hidden, 10};
  }

  private static String[] activations(String recipe) {
    return switch (recipe) {
      case "mnist-dense" -> new String[] {"relu", "softmax"};
      case "mnist-sigmoid" -> new String[] {"sigmoid", "softmax"};
      default -> new String[] {"sigmoid", "sigmoid", "sigmoid"};
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"mnist-dense", "mnist-sigmoid", "digits01"})
  void training_sameSeed_givesTheSameBits(String recipeName) {
    Recipe recipe = Recipe.of(recipeName);
    require(recipe, recipe.optimizer());
    Dataset data = recipe.fromMnist(generated(), 700).train();
    Map<String, Tensor> first = trained(recipe, data, 3);
    assertThat(trained(recipe, data, 3)).isEqualTo(first);
    assertThat(trained(recipe, data, 4)).isNotEqualTo(first);
  }

  private Map<String, Tensor> trained(Recipe recipe, Dataset data, long seed) {
    try (Model model = compiled(recipe, recipe.optimizer(), 0, seed)) {
      model.fit(data, Fit.epochs(2).batchSize(recipe.batchSize()).verbose(0));
      return model.getNamedWeights();
    }
  }

  /** The state moves to the host and back between epochs; nothing of Adam may be lost. */
  @Test
  void training_movedToANewSession_goesOnToTheBit() {
    Recipe recipe = Recipe.of("digits01");
    Dataset data = recipe.fromMnist(generated(), 320).train();
    Fit epochs = Fit.epochs(2).batchSize(recipe.batchSize()).verbose(0);
    try (Model model = compiled(recipe, "adam", 0, 5);
        Model whole = compiled(recipe, "adam", 0, 5)) {
      model.fit(data, epochs);
      model.backend(backend).fit(data, epochs); // in a new session
      whole.fit(data, Fit.epochs(4).batchSize(recipe.batchSize()).verbose(0));
      assertThat(model.getNamedWeights()).isEqualTo(whole.getNamedWeights());
    }
  }

  /** There and back: as close to the reference as a training that never moved. */
  @Test
  void training_onTheReferenceInBetween_goesOnWithinTheBound() {
    Recipe recipe = Recipe.of("digits01");
    Dataset data = recipe.fromMnist(generated(), 320).train();
    Fit one = Fit.epochs(1).batchSize(recipe.batchSize()).verbose(0);
    try (Model model = compiled(recipe, "adam", 0, 5);
        Model whole = compiled(recipe, "adam", 0, 5).backend("reference")) {
      whole.build(400);
      Map<String, Tensor> initial = whole.getNamedWeights();
      for (String where : List.of(backend, "reference", backend)) {
        model.backend(where).fit(data, one);
      }
      assertThat(model.iterations()).isEqualTo(30);
      whole.fit(data, Fit.epochs(3).batchSize(recipe.batchSize()).verbose(0));
      whole
          .getNamedWeights()
          .forEach(
              (name, expected) -> {
                Tensor received = model.getNamedWeights().get(name);
                double moved = largestDifference(expected, initial.get(name));
                assertThat(largestDifference(expected, received) / moved)
                    .as(name)
                    .isLessThan(driftBound);
              });
    }
  }

  private static double largestDifference(Tensor a, Tensor b) {
    double largest = 0;
    for (int i = 0; i < a.size(); i++) {
      largest = Math.max(largest, Math.abs((double) a.get(i) - b.get(i)));
    }
    return largest;
  }

  /** A user-defined layer works everywhere without changes to other files. */
  @Test
  void training_layerFromOutside_isNamedEverywhereAndLearns(@TempDir Path folder) {
    Recipe recipe = Recipe.of("digits01");
    Dataset data = recipe.fromMnist(generated(), 320).train();
    Path file = folder.resolve("weights.npz");
    try (Model model = Sequential.of(new ScaledDense(8, null), new Dense(1).sigmoid())) {
      model.seed(3).backend(backend);
      model.compile(new Adam(0.01), recipe.loss(), Metric.ACCURACY);
      History history =
          model.fit(
              data,
              Fit.epochs(8)
                  .batchSize(32)
                  .verbose(0)
                  .callback(new ModelCheckpoint(file.toString())));
      assertThat(history.last("accuracy")).isGreaterThan(0.95);
      assertThat(model.summaryText(SummaryOptions.defaults()))
          .contains("scaled_dense (ScaledDense)", "(None, 8)", "3,208", "scale (8,)");
      assertThat(model.getNamedWeights().keySet())
          .containsExactly(
              "scaled_dense/kernel", "scaled_dense/scale", "dense/kernel", "dense/bias");
      assertThat(Npz.read(file)).isEqualTo(model.getNamedWeights());
      assertThat(model.getNamedWeights().get("scaled_dense/scale").toFloats())
          .as("trained")
          .doesNotContain(1f);
    }
  }

  @Test
  void training_divergingLearningRate_stopsNamingEpochAndStep() {
    Recipe recipe = Recipe.of("mnist-dense");
    try (Model model = recipe.model(16)) {
      model.backend(backend);
      model.compile(Optimizer.of("sgd").learningRate(1e30), recipe.loss(), Metric.ACCURACY);
      Dataset data = recipe.fromMnist(generated(), 1000).train();
      assertThatThrownBy(() -> model.fit(data, Fit.epochs(3).batchSize(100).verbose(0)))
          .isInstanceOfSatisfying(
              TrainingDivergedException.class,
              e -> {
                assertThat(e.epoch()).isEqualTo(1);
                assertThat(e.getMessage()).contains("step " + e.step() + ":");
              })
          .hasMessageMatching(
              "fit, epoch 1, step [2-9]: expected a finite loss, received (NaN|Infinity)\\..*");
    }
  }

  /** One step: its loss is finite before the update, the new weights are not. */
  @Test
  void training_overflowInTheLastUpdate_failsNamingTheWeights() {
    Recipe recipe = Recipe.of("mnist-dense");
    try (Model model = recipe.model(16)) {
      model.backend(backend);
      model.compile(Optimizer.of("sgd").learningRate(1e39), recipe.loss(), Metric.ACCURACY);
      Dataset data = recipe.fromMnist(generated(), 100).train();
      assertThatThrownBy(() -> model.fit(data, Fit.epochs(1).batchSize(100).verbose(0)))
          .isInstanceOfSatisfying(
              TrainingDivergedException.class, e -> assertThat(e.step()).isZero())
          .hasMessageContaining("fit, after epoch 1, weights dense")
          .hasMessageContaining("expected finite numbers");
    }
  }

  /** The bounds leave room for other digits and seeds; chance is 0.1, and 0.5 for digits01. */
  @ParameterizedTest
  @CsvSource({
    "mnist-dense, 2, 6000, 0.9",
    "mnist-sigmoid, 8, 6000, 0.7",
    "digits01, 20, 1000, 0.97"
  })
  void recipe_generatedDigits_learns(String recipeName, int epochs, int samples, double accuracy) {
    Recipe recipe = Recipe.of(recipeName);
    require(recipe, recipe.optimizer());
    RecipeData data = recipe.fromMnist(generated(), fast ? samples : Math.min(samples, 3000));
    try (Model model = compiled(recipe, recipe.optimizer(), fast ? 0 : 64, 1)) {
      History history =
          model.fit(data.train(), Fit.epochs(epochs).batchSize(recipe.batchSize()).verbose(0));
      Evaluation test = model.evaluate(data.test().take(2000));
      assertThat(history.last("loss")).isLessThan(history.get("loss").get(0));
      assertThat(test.accuracy()).as(history.get("loss").toString()).isGreaterThan(accuracy);
    }
  }

  /** The expected losses come from an independent float32 run with the formulas of Keras. */
  @Test
  void mnistDense_realMnist_followsTheExpectedCurve() {
    Recipe recipe = Recipe.of("mnist-dense");
    RecipeData data = recipe.fromMnist(realMnist(), 0);
    try (Model model = compiled(recipe, recipe.optimizer(), 0, 1)) {
      History history =
          model.fit(data.train(), Fit.epochs(2).batchSize(recipe.batchSize()).verbose(0));
      assertThat(history.get("loss").get(0)).isBetween(0.265 * 0.95, 0.265 * 1.05);
      assertThat(history.get("loss").get(1)).isBetween(0.107 * 0.95, 0.107 * 1.05);
      assertThat(model.evaluate(data.test()).accuracy()).isGreaterThan(0.965);
    }
  }

  @Test
  void mnistSigmoid_realMnist_followsTheExpectedCurve() {
    Recipe recipe = Recipe.of("mnist-sigmoid");
    RecipeData data = recipe.fromMnist(realMnist(), 0);
    try (Model model = compiled(recipe, recipe.optimizer(), 0, 1)) {
      History history =
          model.fit(data.train(), Fit.epochs(5).batchSize(recipe.batchSize()).verbose(0));
      assertThat(history.last("loss")).isBetween(0.32 * 0.9, 0.32 * 1.1);
      assertThat(model.evaluate(data.test()).accuracy()).isBetween(0.91, 0.93);
    }
  }

  @Test
  void digits01_realMnist_tellsZerosFromOnes() {
    Recipe recipe = Recipe.of("digits01");
    Path folder = TestData.folder().orElse(null);
    Assumptions.assumeTrue(folder != null, TestData.REASON);
    RecipeData data = recipe.fromMnist(Mnist.load(MnistOptions.defaults().dataDir(folder)), 0);
    try (Model model = compiled(recipe, recipe.optimizer(), 0, 1)) {
      History history =
          model.fit(data.train(), Fit.epochs(20).batchSize(recipe.batchSize()).verbose(0));
      assertThat(history.last("accuracy")).isGreaterThanOrEqualTo(0.995);
      assertThat(model.evaluate(data.test()).accuracy()).isGreaterThanOrEqualTo(0.995);
      assertThat(model.predict(data.train().take(1)).get(0)).isLessThan(0.05f);
      assertThat(model.predict(data.train().skip(500).take(1)).get(0)).isGreaterThan(0.95f);
    }
  }

  private Mnist realMnist() {
    Assumptions.assumeTrue(fast, "a whole epoch of MNIST takes this backend too long for a test");
    Optional<Path> folder = TestData.folder();
    Assumptions.assumeTrue(folder.isPresent(), TestData.REASON);
    return Mnist.load(MnistOptions.defaults().dataDir(folder.get()));
  }

  private Model compiled(Recipe recipe, String optimizer, int hidden, long seed) {
    Model model = recipe.model(hidden);
    model.seed(seed).backend(backend);
    model.compile(Optimizer.of(optimizer), recipe.loss(), Metric.ACCURACY);
    return model;
  }
}
