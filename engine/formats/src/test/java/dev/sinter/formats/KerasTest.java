package dev.sinter.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.Fit;
import dev.sinter.Model;
import dev.sinter.Sequential;
import dev.sinter.data.Dataset;
import dev.sinter.data.Npz;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.layers.Dense;
import dev.sinter.layers.ElementwiseLayer;
import dev.sinter.layers.Input;
import dev.sinter.losses.BinaryFocalCrossentropy;
import dev.sinter.losses.CrossEntropy;
import dev.sinter.losses.Huber;
import dev.sinter.losses.Loss;
import dev.sinter.metrics.Auc;
import dev.sinter.metrics.CosineSimilarity;
import dev.sinter.metrics.F1Score;
import dev.sinter.metrics.Metric;
import dev.sinter.metrics.Precision;
import dev.sinter.metrics.R2Score;
import dev.sinter.metrics.Recall;
import dev.sinter.metrics.RootMeanSquaredError;
import dev.sinter.metrics.TopKCategoricalAccuracy;
import dev.sinter.optimizers.Adadelta;
import dev.sinter.optimizers.Adagrad;
import dev.sinter.optimizers.Adam;
import dev.sinter.optimizers.AdamW;
import dev.sinter.optimizers.Adamax;
import dev.sinter.optimizers.Lion;
import dev.sinter.optimizers.Nadam;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.optimizers.RmsProp;
import dev.sinter.optimizers.Sgd;
import dev.sinter.program.Expression;
import dev.sinter.program.State;
import dev.sinter.saving.Compilation;
import dev.sinter.saving.Formats;
import dev.sinter.saving.SavedModel;
import dev.sinter.testkit.MnistNetworks;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of Keras: those that Keras itself wrote, and round trips. */
class KerasTest {
  @TempDir Path folder;

  static Path fixture(String name) {
    try {
      return Path.of(Objects.requireNonNull(KerasTest.class.getResource(name), name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  static SavedModel read(Path file) {
    return Formats.model(file).read(file);
  }

  private static Map<String, Optimizer> optimizers() {
    return Map.ofEntries(
        Map.entry("sgd", new Sgd(0.01)),
        Map.entry("nesterov", new Sgd(0.05).nesterov(0.9)),
        Map.entry("rmsprop", new RmsProp(0.002).momentum(0.5).centered(true)),
        Map.entry("adam", new Adam()),
        Map.entry("amsgrad", new Adam().amsgrad(true)),
        Map.entry("adamw", new AdamW()),
        Map.entry("adagrad", new Adagrad()),
        Map.entry("adadelta", new Adadelta()),
        Map.entry("adamax", new Adamax()),
        Map.entry("nadam", new Nadam()),
        Map.entry("lion", new Lion()));
  }

  static Stream<Arguments> written() {
    Stream<Arguments> further =
        Stream.of("adagrad", "adadelta", "adamax", "nadam", "lion")
            .map(name -> Arguments.of(name, ".keras"));
    Stream<Arguments> both =
        Stream.of(".keras", ".h5")
            .flatMap(
                suffix ->
                    Stream.of(
                            "sgd",
                            "nesterov",
                            "rmsprop",
                            "adam",
                            "amsgrad",
                            "adamw",
                            "unstated",
                            "functional")
                        .map(name -> Arguments.of(name, suffix)));
    return Stream.concat(both, further);
  }

  @ParameterizedTest
  @MethodSource("written")
  void file_writtenByKeras_loadsWithItsPredictionsAndState(String name, String suffix) {
    Map<String, Tensor> expected = Npz.read(fixture(name + ".npz"));
    SavedModel saved = Formats.model(fixture(name + suffix)).read(fixture(name + suffix));
    assertThat(saved.layers()).hasSize(4);
    assertThat(saved.layers().get(3).name()).isEqualTo("out");
    assertThat(saved.compilation()).isNotNull();
    assertThat(saved.compilation().loss()).isEqualTo(Loss.SPARSE_CATEGORICAL_CROSSENTROPY);
    assertThat(saved.compilation().metrics()).containsExactly(Metric.ACCURACY);
    Optimizer optimizer = optimizers().get(name);
    if (optimizer != null) {
      double rate = saved.compilation().optimizer().learningRate();
      assertThat(rate).isCloseTo(optimizer.learningRate(), within(1e-9));
      assertThat(saved.compilation().optimizer().learningRate(optimizer.learningRate()))
          .isEqualTo(optimizer);
    }
    assertThat(saved.progress()).isNotNull();
    assertThat(saved.progress().iterations()).isEqualTo(8);
    List<Tensor> slots = new ArrayList<>();
    for (int i = 0; expected.containsKey("slot" + i); i++) {
      slots.add(expected.get("slot" + i));
    }
    slots.removeIf(slot -> slot.rank() == 0); // Nadam's product of factors
    assertThat(saved.progress().slots().values()).containsExactlyInAnyOrderElementsOf(slots);
    try (Model model = Model.of(saved).backend("reference")) {
      Tensor predicted = model.predict(Dataset.of(expected.get("x")));
      Tensor outputs = expected.get("y");
      for (int i = 0; i < outputs.size(); i++) {
        assertThat(predicted.get(i)).isCloseTo(outputs.get(i), within(2e-6f));
      }
      assertThat(model.iterations()).isEqualTo(8);
    }
  }

  static List<Loss> losses() {
    return List.of(
        Loss.KL_DIVERGENCE,
        Loss.CATEGORICAL_HINGE,
        new Huber(0.5),
        CrossEntropy.sparseCategorical().fromLogits(true),
        CrossEntropy.categorical().labelSmoothing(0.1),
        CrossEntropy.binary().fromLogits(true).labelSmoothing(0.2),
        new BinaryFocalCrossentropy().gamma(3),
        new BinaryFocalCrossentropy().alpha(0.4).fromLogits(true));
  }

  @ParameterizedTest
  @MethodSource("losses")
  void file_lossAndMetricsWithOptions_holdsThem(Loss loss, @TempDir Path folder) {
    Path file = folder.resolve("model.keras");
    List<Metric> metrics =
        List.of(
            Metric.ACCURACY,
            Metric.LOG_COSH_ERROR,
            new TopKCategoricalAccuracy(2).name(loss.labelColumns(3) == 1 ? "sparse_top" : "top"),
            new Precision().threshold(0.3).classId(1).name("precise"),
            new Recall(),
            new F1Score().average(F1Score.Average.MICRO).threshold(0.25),
            new Auc().curve(Auc.Curve.PR).thresholds(50).fromLogits(true),
            new RootMeanSquaredError("root"),
            new R2Score(),
            new CosineSimilarity(),
            Metric.ACCURACY.weighted(),
            new Auc().name("weighted").weighted());
    try (Model model = Sequential.of(new Input(2), new Dense(3).softmax())) {
      model.backend("reference").compile(new Sgd(), loss, metrics.toArray(Metric[]::new));
      model.save(file);
      Compilation read = Formats.model(file).read(file).compilation();
      assertThat(read).isNotNull();
      assertThat(read.loss()).isEqualTo(loss);
      assertThat(read.metrics()).isEqualTo(model.metrics());
    }
  }

  /** Keras has no such rule: there the largest of one output is above any threshold. */
  @Test
  void file_f1ScoreOfOneOutput_holdsItsThreshold(@TempDir Path folder) {
    Path file = folder.resolve("model.keras");
    try (Model model = Sequential.of(new Input(2), new Dense(1).sigmoid())) {
      model.backend("reference").compile("sgd", "binary_crossentropy", "f1_score");
      model.save(file);
      assertThat(Formats.model(file).read(file).compilation().metrics())
          .containsExactly(new F1Score().threshold(0.5));
    }
  }

  @Test
  void weights_writtenByKeras_loadByPlace() {
    try (Model whole = Model.load(fixture("adam.keras"));
        Model other =
            Sequential.of(
                new Input(6),
                new Dense(4).relu(),
                new Dense(5).sigmoid(),
                new Dense(3).useBias(false).softmax())) {
      other.loadWeights(fixture("adam.weights.h5"));
      assertThat(other.getWeights()).isEqualTo(whole.getWeights());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"keras2.h5", "keras2old.h5"})
  void file_asKeras2LaysItOut_loadsWithItsPredictionsAndState(String name) {
    Map<String, Tensor> expected = Npz.read(fixture("keras2.npz"));
    SavedModel saved = Formats.model(fixture(name)).read(fixture(name));
    saved.weights().forEach((weight, value) -> assertThat(value).isEqualTo(expected.get(weight)));
    assertThat(saved.weights()).hasSize(4);
    assertThat(saved.compilation()).isNotNull();
    assertThat(saved.compilation().optimizer()).isEqualTo(new Adam(0.002));
    assertThat(saved.compilation().metrics()).containsExactly(Metric.ACCURACY);
    assertThat(saved.progress().iterations()).isEqualTo(12);
    assertThat(saved.progress().slots()).hasSize(8);
    saved
        .progress()
        .slots()
        .forEach(
            (slot, value) ->
                assertThat(value.get(0)).isEqualTo(slot.endsWith("velocity") ? 0.5f : 0.25f));
    try (Model model = Model.of(saved).backend("reference")) {
      Tensor predicted = model.predict(Dataset.of(expected.get("x")));
      for (int i = 0; i < predicted.size(); i++) {
        assertThat(predicted.get(i)).isCloseTo(expected.get("y").get(i), within(2e-6f));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"activity, no activity_regularizer, L2", "half, dtype float32, float16"})
  void file_withWhatSinterLacks_isRefusedByName(String name, String where, String what) {
    assertThatThrownBy(() -> Model.load(fixture(name + ".keras")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(where)
        .hasMessageContaining(what)
        .hasMessageContaining(name + ".keras");
  }

  @Test
  void file_withAnOptimizerThatSinterLacks_loadsToPredict() {
    SavedModel saved = Formats.model(fixture("ftrl.keras")).read(fixture("ftrl.keras"));
    assertThat(saved.compilation()).isNull();
    assertThat(saved.weights()).hasSize(2);
  }

  static Stream<Arguments> roundTrips() {
    return Stream.of(".keras", ".h5")
        .flatMap(
            suffix ->
                Stream.of(
                    Arguments.of(suffix, "mnist-dense", "rmsprop"),
                    Arguments.of(suffix, "mnist-sigmoid", "sgd"),
                    Arguments.of(suffix, "mnist-sigmoid", "nesterov"),
                    Arguments.of(suffix, "digits01", "adam"),
                    Arguments.of(suffix, "digits01", "amsgrad"),
                    Arguments.of(suffix, "digits01", "adamw"),
                    Arguments.of(suffix, "digits01", "adagrad"),
                    Arguments.of(suffix, "digits01", "nadam"),
                    Arguments.of(suffix, "digits01", "rmsprop")));
  }

  private static Dataset data(int features, int classes) {
    Random random = new Random(features);
    float[][] x = new float[40][features];
    int[] y = new int[40];
    for (int i = 0; i < x.length; i++) {
      y[i] = random.nextInt(classes);
      for (int j = 0; j < features; j++) {
        x[i][j] = random.nextFloat();
      }
    }
    return Dataset.of(x, y).scale(0.5f);
  }

  @ParameterizedTest
  @MethodSource("roundTrips")
  void model_savedAndLoaded_goesOnAsIfNothingHadHappened(
      String suffix, String recipe, String optimizer) {
    Path file = folder.resolve("model" + suffix);
    boolean binary = recipe.equals("digits01");
    Dataset data = data(binary ? 400 : 784, binary ? 2 : 10);
    Loss loss = binary ? Loss.BINARY_CROSSENTROPY : Loss.SPARSE_CATEGORICAL_CROSSENTROPY;
    try (Model model = MnistNetworks.of(recipe).backend("reference").seed(9)) {
      model.compile(optimizers().get(optimizer), loss, Metric.ACCURACY);
      Fit fit = Fit.epochs(1).batchSize(16).verbose(0);
      model.fit(data, fit);
      model.setLearningRate(0.0123456789);
      model.save(file);
      try (Model loaded = Model.load(file).backend("reference")) {
        assertThat(loaded.getNamedWeights()).isEqualTo(model.getNamedWeights());
        assertThat(loaded.predict(data)).isEqualTo(model.predict(data));
        model.fit(data, fit);
        loaded.fit(data, fit);
        assertThat(loaded.getNamedWeights()).isEqualTo(model.getNamedWeights());
        assertThat(loaded.trainingState().block(State.Block.SLOTS))
            .isEqualTo(model.trainingState().block(State.Block.SLOTS));
        assertThat(loaded.learningRate()).isEqualTo(0.0123456789);
        assertThat(loaded.metrics()).isEqualTo(model.metrics());
        assertThat(loaded.saved().progress().inputScale())
            .isEqualTo(model.saved().progress().inputScale());
      }
    }
  }

  @Test
  void weights_savedAndLoaded_areEqual() {
    Path file = folder.resolve("w.weights.h5");
    try (Model model = MnistNetworks.of("mnist-sigmoid").seed(2);
        Model other = MnistNetworks.of("mnist-sigmoid").seed(3)) {
      model.saveWeights(file);
      other.loadWeights(file);
      assertThat(other.getNamedWeights()).isEqualTo(model.getNamedWeights());
    }
  }

  @Test
  void weights_whoseNamesAreSorted_areWrittenKernelFirst() {
    Path file = folder.resolve("w.weights.h5");
    try (Model model = MnistNetworks.of("mnist-sigmoid").seed(2);
        Model other = MnistNetworks.of("mnist-sigmoid").seed(3)) {
      Formats.weights(file).write(file, new java.util.TreeMap<>(model.getNamedWeights()));
      other.loadWeights(file);
      assertThat(other.getNamedWeights()).isEqualTo(model.getNamedWeights());
    }
  }

  @Test
  void file_whoseLayersAndWeightsDiffer_isRefusedBeforeMemoryIsTaken() {
    Path file = folder.resolve("lie.keras");
    SavedModel saved = MnistNetworks.of("digits01").saved();
    List<dev.sinter.saving.NamedLayer> layers = new ArrayList<>(saved.layers());
    for (int units : new int[] {26, 2_000_000, 2_000_000_000}) {
      layers.set(0, new dev.sinter.saving.NamedLayer("dense", new Dense(units).name("dense")));
      SavedModel lie =
          new SavedModel(
              saved.name(), saved.input(), layers, saved.weights(), null, null, Map.of());
      Formats.model(file).write(file, lie);
      assertThatThrownBy(() -> Model.load(file)).isInstanceOf(InputException.class);
    }
  }

  @Test
  void notes_inAKerasFile_comeBack() {
    Path file = folder.resolve("noted.keras");
    try (Model model = MnistNetworks.of("digits01")) {
      Formats.model(file).write(file, model.saved().note("recipe", "digits01"));
      assertThat(Formats.model(file).read(file).notes()).containsEntry("recipe", "digits01");
      assertThat(Formats.model(file).read(file).compilation()).isNull();
    }
  }

  /** A layer that Keras does not know. */
  private record Cubed(String name) implements ElementwiseLayer {
    @Override
    public String className() {
      return "Cubed";
    }

    @Override
    public Expression forward() {
      Expression x = Expression.input(0);
      return x.times(x).times(x);
    }

    @Override
    public Expression derivative() {
      Expression x = Expression.input(0);
      return x.times(x).times(3);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {".keras", ".h5"})
  void layer_thatKerasLacks_isRefusedByNameAndNothingIsWritten(String suffix) {
    Path file = folder.resolve("own" + suffix);
    try (Model model = Sequential.of(new Input(3), new Cubed("cube"), new Dense(2))) {
      assertThatThrownBy(() -> model.save(file))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("layer cube")
          .hasMessageContaining("Cubed");
      assertThat(file).doesNotExist();
    }
  }
}
