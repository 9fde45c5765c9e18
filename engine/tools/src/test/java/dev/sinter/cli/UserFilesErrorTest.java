package dev.sinter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.data.Npz;
import dev.sinter.data.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Arrays and weights of the user that do not fit: exit code 2, nothing written. */
class UserFilesErrorTest {
  @TempDir Path folder;
  private Path x;
  private Path y;
  private Path out;

  @BeforeEach
  void prepare() {
    x = TinyMnist.npy(folder.resolve("X.npy"), TinyMnist.samples(20, 784), 20, 784);
    y = TinyMnist.npy(folder.resolve("y.npy"), TinyMnist.classes(20, 10), 20);
    out = folder.resolve("out");
  }

  @AfterEach
  void nothingWasWritten() {
    assertThat(out).doesNotExist();
  }

  private CliRun train(String recipe, Object... more) {
    Object[] arguments = Arrays.copyOf(more, more.length + 8);
    Object[] rest = {"--out", out, "--epochs", 1, "--x", x, "--y", y};
    System.arraycopy(rest, 0, arguments, more.length, rest.length);
    return CliRun.train(recipe, arguments);
  }

  private CliRun train() {
    return train("mnist-dense");
  }

  private Path resource(String name) throws IOException {
    Path file = folder.resolve(name);
    try (InputStream in = getClass().getResourceAsStream("/npy/" + name)) {
      Files.copy(in, file);
    }
    return file;
  }

  @ParameterizedTest
  @CsvSource({"--x, --x alone", "--y, --y alone"})
  void arrays_oneWithoutTheOther_refused(String option, String received) {
    CliRun.train("mnist-dense", option, x)
        .refused("--x and --y: expected both, received " + received + ". Give samples and labels");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--generated", "--data=somewhere"})
  void arrays_withOtherData_refused(String option) {
    train("mnist-dense", option).refused("data options: expected one of --data, --generated");
  }

  @Test
  void x_missing_named() {
    x = folder.resolve("none.npy");
    train().refused(x + ": expected a NumPy .npy file, received nothing (no such file). Check");
  }

  @Test
  void x_folder_refused() {
    x = folder;
    train().refused(folder + ": expected a NumPy .npy file, received a folder. Name the file");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 5, 20, 100, 1000})
  void x_truncated_named(int length) throws IOException {
    Files.write(x, Arrays.copyOf(Files.readAllBytes(x), length));
    train().refused(x + ": expected ", "received ");
  }

  @ParameterizedTest
  @CsvSource({
    "refused-complex.npy, complex numbers",
    "refused-object.npy, Python objects",
    "refused-string.npy, strings",
    "refused-structured.npy, structured",
  })
  void x_otherElements_saysWhichAndHowToConvert(String name, String received) throws IOException {
    x = resource(name);
    train().refused(x + ": expected ", received, "array");
  }

  @Test
  void x_featuresOfAnotherRecipe_namesTheLayer() {
    train("digits01")
        .refused("fit, layer dense: expected samples of 400 features, received 784. Use data as");
  }

  @Test
  void x_vector_refused() {
    TinyMnist.npy(x, TinyMnist.samples(20, 1), 20);
    train().refused(x + ": expected samples [N, features...]", "received [20]. Reshape");
  }

  @Test
  void x_empty_refused() {
    TinyMnist.npy(x, new float[0], 0, 784);
    TinyMnist.npy(y, new float[0], 0);
    train().refused(x + ": expected samples [N, features...], N at least 1", "received [0, 784]");
  }

  @Test
  void y_cube_refused() {
    TinyMnist.npy(y, new float[20], 20, 1, 1);
    train().refused(y + ": expected labels [N] or [N, columns], received [20, 1, 1]");
  }

  @Test
  void y_otherCount_namesBothFiles() {
    TinyMnist.npy(y, new float[19], 19);
    train().refused(x + " and " + y + ": expected as many labels as samples, 20, received 19.");
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY})
  void x_notFinite_namesRowAndColumn(float value) {
    float[] elements = TinyMnist.samples(20, 784);
    elements[3 * 784 + 5] = value;
    TinyMnist.npy(x, elements, 20, 784);
    train().refused("x row 3, column 5: expected a finite number, received " + value + ". Clean");
  }

  @ParameterizedTest
  @CsvSource({
    "mnist-dense, 10",
    "mnist-dense, -1",
    "mnist-dense, 1.5",
    "mnist-dense, NaN",
    "mnist-sigmoid, 10",
    "mnist-sigmoid, -1",
    "mnist-sigmoid, 0.5",
    "mnist-sigmoid, NaN",
  })
  void y_noClass_named(String recipe, float label) {
    float[] labels = TinyMnist.classes(20, 10);
    labels[6] = label;
    TinyMnist.npy(y, labels, 20);
    train(recipe).refused("6", "expected a", "received " + Float.toString(label).split("\\.0")[0]);
  }

  @Test
  void y_oneHotForIndices_namesLossLayerAndRemedy() {
    TinyMnist.npy(y, new float[200], 20, 10);
    train()
        .refused(
            "layer dense_1, sparse_categorical_crossentropy",
            "expected labels of 1 column for 10 outputs, received 10",
            "categorical_crossentropy for one-hot rows");
  }

  @Test
  void y_rowOfZerosForOneHot_refused() {
    TinyMnist.npy(y, new float[200], 20, 10);
    train("mnist-sigmoid").refused("label row 0: expected a one-hot row", "a sum of 0");
  }

  @Test
  void y_twoInDigits01_refused() {
    TinyMnist.npy(x, TinyMnist.samples(20, 400), 20, 400);
    train("digits01").refused("label row 2: expected values from 0 to 1, received 2.");
  }

  @Test
  void y_twoInDigits01WithLimit_refused() {
    TinyMnist.npy(x, TinyMnist.samples(20, 400), 20, 400);
    train("digits01", "--limit", 4).refused("expected", "0", "1", "received 2");
  }

  @Test
  void y_twoColumnsInDigits01WithLimit_refused() {
    TinyMnist.npy(x, TinyMnist.samples(20, 400), 20, 400);
    TinyMnist.npy(y, new float[40], 20, 2);
    train("digits01", "--limit", 4).refused("expected", "1 column", "received");
  }

  @Test
  void init_missing_named() {
    train("mnist-dense", "--init", folder.resolve("w.npz"))
        .refused(folder.resolve("w.npz") + ": expected a NumPy .npz file, received nothing");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 10, 300})
  void init_truncated_named(int length) throws IOException {
    Path file = weights(Map.of());
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), length));
    train("mnist-dense", "--init", file).refused(file + ": expected ", "received ");
  }

  @Test
  void init_damagedArray_named() throws IOException {
    Path file = weights(Map.of());
    byte[] content = Files.readAllBytes(file);
    content[2000] ^= 1;
    Files.write(file, content);
    train("mnist-dense", "--init", file)
        .refused(file + ", entry dense/kernel.npy: expected ", "another checksum");
  }

  @Test
  void init_arrayMissing_namesItAndWhatIsThere() {
    Map<String, Tensor> change = new LinkedHashMap<>();
    change.put("dense_1/bias", null);
    train("mnist-dense", "--init", weights(change))
        .refused(
            "expected arrays called dense/kernel [784, 8], ",
            "dense_1/bias [10], received [dense/kernel, dense/bias, dense_1/kernel]");
  }

  @Test
  void init_otherShape_namesWeightAndShapes() {
    train("mnist-dense", "--init", weights(Map.of()), "--hidden", 9)
        .refused("weights dense/kernel: expected [784, 9], received [784, 8]. Use weights");
  }

  @Test
  void init_notFinite_namesWeightAndElement() {
    float[] bias = new float[8];
    bias[2] = Float.NaN;
    train("mnist-dense", "--init", weights(Map.of("dense/bias", Tensor.of(bias, 8))))
        .refused("weights dense/bias, element 2: expected a finite number, received NaN. Use");
  }

  /** Writes weights of mnist-dense with 8 hidden units; null in the change omits an array. */
  private Path weights(Map<String, Tensor> change) {
    Map<String, Tensor> weights = new LinkedHashMap<>();
    weights.put("dense/kernel", Tensor.of(new float[784 * 8], 784, 8));
    weights.put("dense/bias", Tensor.of(new float[8], 8));
    weights.put("dense_1/kernel", Tensor.of(new float[80], 8, 10));
    weights.put("dense_1/bias", Tensor.of(new float[10], 10));
    weights.putAll(change);
    weights.values().removeIf(value -> value == null);
    Path file = folder.resolve("init.npz");
    Npz.write(file, weights);
    return file;
  }
}
