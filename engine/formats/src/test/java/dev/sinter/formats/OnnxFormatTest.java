package dev.sinter.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.sinter.Fit;
import dev.sinter.Model;
import dev.sinter.Sequential;
import dev.sinter.data.Idx;
import dev.sinter.layers.Activation;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Input;
import dev.sinter.program.ActivationFunction;
import dev.sinter.saving.SavedModel;
import dev.sinter.testkit.MnistNetworks;
import dev.sinter.testkit.TestData;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxFormatTest {
  private static final int ROWS = 1000;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"mnist-dense", "mnist-sigmoid", "digits01"})
  void network_with_initial_weights_predicts_the_same_in_onnx_runtime_and_read_back(String recipe)
      throws OrtException {
    assertSamePredictions(MnistNetworks.of(recipe).seed(7));
  }

  @ParameterizedTest
  @ValueSource(strings = {"mnist-dense", "mnist-sigmoid", "digits01"})
  void trained_network_predicts_the_same_in_onnx_runtime_and_read_back(String recipe)
      throws OrtException {
    Model model = MnistNetworks.of(recipe).seed(7);
    int classes = recipe.equals("digits01") ? 2 : 10;
    model.compile(
        "sgd",
        classes == 2 ? "binary_crossentropy" : "sparse_categorical_crossentropy",
        "accuracy");
    float[][] x = digits(256, width(model));
    int[] y = new Random(3).ints(x.length, 0, classes).toArray();
    model.fit(x, y, Fit.epochs(1).batchSize(64).verbose(0));
    assertSamePredictions(model);
  }

  @Test
  void layers_without_bias_and_activations_of_every_kind_come_back_as_they_were()
      throws OrtException {
    Model model =
        Sequential.of(
            "small",
            new Input(5),
            new Dense(4).useBias(false).name("first"),
            new Activation("tanh"),
            new Dense(3).tanh(),
            new Activation("linear"),
            new Activation("relu"),
            new Dense(2).relu(),
            new Activation("softmax").name("end"));
    assertSamePredictions(model);
  }

  @Test
  void notes_and_name_come_back() {
    Path file = folder.resolve("m.onnx");
    SavedModel saved = MnistNetworks.of("digits01").saved().note("recipe", "digits01 \u00e9");
    new OnnxFormat().write(file, saved);

    SavedModel read = new OnnxFormat().read(file);

    assertThat(read.notes()).isEqualTo(saved.notes());
    assertThat(read.name()).isEqualTo(saved.name());
  }

  private void assertSamePredictions(Model model) throws OrtException {
    Path file = folder.resolve("m.onnx");
    float[][] x = digits(ROWS, width(model));
    float[][] expected = model.predict(x).toRows();

    model.save(file);

    assertThat(expected).hasDimensions(ROWS, expected[0].length);
    assertThat(distance(onnxRuntime(file, x), expected)).isLessThan(1e-5);
    Model read = Model.load(file);
    assertThat(read.getNamedWeights()).isEqualTo(model.getNamedWeights());
    assertThat(read.saved().layers().stream().map(layer -> described(layer.layer())).toList())
        .isEqualTo(model.saved().layers().stream().map(layer -> described(layer.layer())).toList());
    assertThat(distance(read.predict(x).toRows(), expected)).isCloseTo(0, within(0.0));
  }

  private static String described(Object layer) {
    if (layer instanceof Dense dense) {
      return "dense " + dense.units() + dense.activation() + dense.useBias();
    }
    ActivationFunction function = ((Activation) layer).function();
    return "activation " + function;
  }

  private static int width(Model model) {
    return model.saved().input().size();
  }

  private static float[][] onnxRuntime(Path file, float[][] x) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(file.toString());
        OnnxTensor input = OnnxTensor.createTensor(environment, x);
        OrtSession.Result result = session.run(Map.of("input", input))) {
      return (float[][]) result.get(0).getValue();
    }
  }

  private static double distance(float[][] a, float[][] b) {
    double most = 0;
    for (int row = 0; row < a.length; row++) {
      for (int column = 0; column < a[row].length; column++) {
        most = Math.max(most, Math.abs((double) a[row][column] - b[row][column]));
      }
    }
    return most;
  }

  /** Returns rows from 0 to 1: digits of MNIST where they are, else mostly zeros as in digits. */
  static float[][] digits(int rows, int width) {
    Path file =
        TestData.folder().map(f -> f.resolve("mnist/t10k-images-idx3-ubyte.gz")).orElse(null);
    Random random = new Random(11);
    float[][] x = new float[rows][width];
    byte[] pixels = file == null || width != 784 ? null : Idx.read(file).rows(0, rows).bytes();
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < width; i++) {
        float drawn = random.nextInt(5) == 0 ? random.nextFloat() : 0;
        x[row][i] = pixels == null ? drawn : (pixels[row * width + i] & 0xFF) / 255f;
      }
    }
    return x;
  }
}
