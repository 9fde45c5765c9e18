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
import dev.sinter.layers.Activation;
import dev.sinter.layers.Constant;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Initializer;
import dev.sinter.layers.Input;
import dev.sinter.layers.Layer;
import dev.sinter.layers.Normalization;
import dev.sinter.layers.Orthogonal;
import dev.sinter.layers.RandomNormal;
import dev.sinter.layers.RandomUniform;
import dev.sinter.layers.TruncatedNormal;
import dev.sinter.layers.VarianceScaling;
import dev.sinter.program.State;
import dev.sinter.saving.NamedLayer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Layers in files of Keras, which recorded what it predicts with them and how it trains them. */
class KerasLayersTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"a/b, c, model.keras", "a, b/c, model.keras", "a, b/c, model.h5"})
  void save_namesWithASlash_areRefused(String model, String layer, String file) {
    try (Model slashed = Sequential.of(model, new Input(2), new Dense(1).name(layer))) {
      assertThatThrownBy(() -> slashed.save(folder.resolve(file)))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("names of Keras, without \"/\"");
    }
    assertThat(folder).isEmptyDirectory();
  }

  private static Model load(Path file) {
    return Model.load(file).backend("reference");
  }

  private static Path fixture(String name) {
    return KerasTest.fixture(name + ".keras");
  }

  private static void assertClose(Tensor actual, Tensor expected, float tolerance) {
    assertThat(actual.shape()).isEqualTo(expected.shape());
    for (int i = 0; i < expected.size(); i++) {
      assertThat(actual.get(i)).as("element %d", i).isCloseTo(expected.get(i), within(tolerance));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"normalized", "places", "categories", "stated", "adapted", "images"})
  void file_writtenByKeras_predictsAndTrainsAsKerasDoes(String name) {
    Map<String, Tensor> recorded = Npz.read(KerasTest.fixture(name + ".npz"));
    Dataset data = Dataset.of(recorded.get("x"), recorded.get("t"));
    try (Model model = load(fixture(name))) {
      assertClose(model.predict(data), recorded.get("before"), 3e-6f);
      Tensor losses = recorded.get("losses");
      for (int i = 0; losses != null && i < losses.size(); i++) {
        Fit fit = Fit.epochs(1).batchSize(8).shuffle(false).verbose(0);
        assertThat(model.fit(data, fit).last("loss"))
            .as("step %d", i)
            .isCloseTo(losses.get(i), within(1e-5 * losses.get(i)));
      }
      if (losses != null) {
        assertClose(model.predict(data), recorded.get("after"), 2e-5f);
        Tensor moving = recorded.get("moving");
        int at = 0;
        for (Tensor kept : model.trainingState().block(State.Block.TRACKED).values()) {
          for (int i = 0; i < kept.size() && moving.size() > 0; i++) {
            assertThat(kept.get(i)).isCloseTo(moving.get(at++), within(1e-5f));
          }
        }
        assertThat(at).isEqualTo(moving.size());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "normalized, .keras",
    "places, .keras",
    "categories, .keras",
    "stated, .keras",
    "adapted, .keras",
    "normalized, .h5",
    "places, .h5",
    "categories, .h5",
    "adapted, .h5",
    "images, .keras",
    "images, .h5"
  })
  void model_savedAndLoaded_goesOnAsIfNothingHadHappened(String name, String suffix) {
    Map<String, Tensor> recorded = Npz.read(KerasTest.fixture(name + ".npz"));
    Dataset data = Dataset.of(recorded.get("x"), recorded.get("t"));
    Path file = folder.resolve("model" + suffix);
    try (Model model = load(fixture(name))) {
      model.compile("adam", "mean_squared_error");
      Fit fit = Fit.epochs(2).batchSize(4).verbose(0);
      model.fit(data, fit);
      model.save(file);
      try (Model read = load(file)) {
        assertThat(layers(read)).isEqualTo(layers(model));
        assertThat(read.getNamedWeights()).isEqualTo(model.getNamedWeights());
        model.fit(data, fit);
        read.fit(data, fit);
        assertThat(read.getNamedWeights()).isEqualTo(model.getNamedWeights());
        assertThat(read.predict(data)).isEqualTo(model.predict(data));
      }
    }
  }

  @Test
  void layer_withoutWeightsAndWithANameOfAnyLength_savesAndLoads() {
    for (int length = 1; length < 24; length++) {
      Path file = folder.resolve("named.keras");
      Layer named = new Activation("relu").name("a".repeat(length));
      try (Model model = Sequential.of(new Input(3), new Dense(2), named)) {
        model.save(file);
        try (Model read = load(file)) {
          assertThat(read.getNamedWeights()).isEqualTo(model.getNamedWeights());
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"normalized", "places", "categories", "adapted", "images"})
  void weights_savedAlone_loadByName(String name) {
    Path file = folder.resolve("only.weights.h5");
    Map<String, Tensor> recorded = Npz.read(KerasTest.fixture(name + ".npz"));
    Dataset data = Dataset.of(recorded.get("x"), recorded.get("t"));
    try (Model model = load(fixture(name));
        Model other = load(fixture(name))) {
      model.compile("adam", "mean_squared_error");
      model.fit(data, Fit.epochs(1).verbose(0));
      model.saveWeights(file);
      assertThat(other.getNamedWeights()).isNotEqualTo(model.getNamedWeights());
      other.loadWeights(file);
      assertThat(other.getNamedWeights()).isEqualTo(model.getNamedWeights());
    }
  }

  private static List<Layer> layers(Model model) {
    return model.saved().layers().stream().map(NamedLayer::layer).toList();
  }

  @Test
  void normalization_read_isAdaptedAsItsWeightsSay() {
    List<NamedLayer> layers = KerasTest.read(fixture("adapted")).layers();
    Normalization adapted = (Normalization) layers.get(0).layer();
    assertThat(adapted.mean()).hasSize(6).allMatch(mean -> Math.abs(mean - 3) < 1);
    assertThat(adapted.variance()).hasSize(6).allMatch(variance -> Math.abs(variance - 4) < 3);
    Normalization stated =
        (Normalization) KerasTest.read(fixture("stated")).layers().get(0).layer();
    assertThat(stated.mean()).containsExactly(1f, 2f, 3f, 4f, 5f, 6f);
  }

  @Test
  void initializers_writtenByKeras_keepTheirSettings() {
    List<NamedLayer> layers = KerasTest.read(fixture("stated")).layers();
    Dense first = (Dense) layers.get(2).layer();
    assertThat(first.kernelInitializer())
        .isEqualTo(
            new VarianceScaling(
                2, VarianceScaling.Mode.FAN_AVG, VarianceScaling.Distribution.UNIFORM));
    assertThat(first.biasInitializer()).isEqualTo(new Constant(0.5));
    assertThat(((Dense) layers.get(4).layer()).kernelInitializer()).isEqualTo(new Orthogonal(1.5));
    assertThat(((Dense) layers.get(6).layer()).kernelInitializer())
        .isEqualTo(new RandomNormal(0.25, 0.5));
  }

  @Test
  void initializers_savedAndLoaded_areEqual() {
    Path file = folder.resolve("drawn.keras");
    List<Initializer> drawn =
        List.of(
            new RandomUniform(-1, 2),
            new TruncatedNormal(1, 2),
            new Orthogonal(),
            new Constant(0),
            Initializer.RANDOM_UNIFORM,
            Initializer.TRUNCATED_NORMAL,
            Initializer.LECUN_NORMAL,
            Initializer.of("variance_scaling"));
    for (Initializer each : drawn) {
      try (Model model = Sequential.of(new Input(3), new Dense(2).kernelInitializer(each))) {
        model.save(file);
        assertThat(((Dense) KerasTest.read(file).layers().get(0).layer()).kernelInitializer())
            .isEqualTo(each);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "noise, layer gaussian_noise, GaussianNoise",
    "mish, an activation of, mish",
    "axis, the last axis, 1",
  })
  void file_withWhatSinterLacks_isRefusedByName(String name, String where, String what) {
    assertThatThrownBy(() -> Model.load(fixture(name)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(where)
        .hasMessageContaining(what)
        .hasMessageContaining(name + ".keras");
  }

  @ParameterizedTest
  @ValueSource(strings = {"dropout", "gelu"})
  void file_thatEarlierVersionsRefused_loads(String name) {
    assertThat(KerasTest.read(fixture(name)).layers()).hasSize(1);
  }
}
