package dev.sinter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.data.Npz;
import dev.sinter.data.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code sinter summary} of recipes and of weights files. */
class SummaryTest {
  @TempDir Path folder;

  private Path npz(Object... namesAndShapes) {
    Map<String, Tensor> arrays = new LinkedHashMap<>();
    for (int i = 0; i < namesAndShapes.length; i += 2) {
      int[] shape = (int[]) namesAndShapes[i + 1];
      int size = 1;
      for (int dimension : shape) {
        size *= dimension;
      }
      arrays.put((String) namesAndShapes[i], Tensor.of(new float[size], shape));
    }
    Path file = folder.resolve("w.npz");
    Npz.write(file, arrays);
    return file;
  }

  private static int[] shape(int... dimensions) {
    return dimensions;
  }

  @Test
  void digits01_summary_hasTheLabsNumbers() {
    assertThat(CliRun.of("summary", "digits01").succeeded().out())
        .startsWith("Model: \"my_model\"")
        .contains("10,025 │", "390 │", "16 │", "Total params: 10,431 (40.75 KB)")
        .contains(" dense: W (400, 25), b (25,)", " dense_2: W (15, 1), b (1,)")
        .contains("Optimizer adam: ", "for batches of 32");
  }

  @ParameterizedTest
  @CsvSource({"mnist-dense, '407,050 (1.55 MB)'", "mnist-sigmoid, '79,510 (310.59 KB)'"})
  void recipe_summary_hasKerasCount(String recipe, String count) {
    assertThat(CliRun.of("summary", recipe).succeeded().out()).contains("Total params: " + count);
  }

  @Test
  void options_styleHiddenBatch_areObeyed() {
    assertThat(
            CliRun.of("summary", "mnist-dense", "--style=keras2", "--hidden=3", "--batch-size=7")
                .succeeded()
                .out())
        .contains("=====", "(None, 3)                 2355 ", "for batches of 7")
        .doesNotContain("┃");
  }

  @Test
  void weightsFile_ofATraining_hasItsLayers() {
    Path file = npz("a/kernel", shape(4, 3), "a/bias", shape(3), "b/kernel", shape(3, 2));
    assertThat(CliRun.of("summary", file).succeeded().out())
        .startsWith("Model: \"w.npz\"")
        .contains("│ a (Dense) ", "(None, 3)", "Total params: 21 (84.00 B)")
        .contains(" a: W (4, 3), b (3,)", " b: W (3, 2)" + System.lineSeparator());
  }

  @ParameterizedTest
  @ValueSource(strings = {"mnist-conv", "", "mnist-dense.pt", "nul\0"})
  void unknownName_isRefusedWithTheRecipes(String name) {
    CliRun.of("summary", name)
        .refused(
            "summary: expected one of mnist-dense, mnist-sigmoid, digits01, mnist-convnet", ".npz");
  }

  @Test
  void missingFile_isRefusedByName() {
    CliRun.of("summary", folder.resolve("none.npz")).refused("none.npz", "no such file");
  }

  @Test
  void damagedFile_isRefusedByName() throws IOException {
    Path file = npz("a/kernel", shape(40, 30));
    byte[] bytes = Files.readAllBytes(file);
    bytes[200] ^= 1;
    Files.write(file, bytes);
    CliRun.of("summary", file).refused("w.npz", "checksum");
    Files.write(file, new byte[] {1, 2, 3});
    CliRun.of("summary", file).refused("w.npz", "intact zip archive");
  }

  @Test
  void otherFile_isRefusedByName() throws IOException {
    Path file = Files.writeString(folder.resolve("model.keras"), "x");
    CliRun.of("summary", file).refused("model.keras: expected a .keras file", "archive");
  }

  @Test
  void arraysThatAreNoLayers_areRefused() {
    CliRun.of("summary", npz()).refused("w.npz", "no arrays");
    CliRun.of("summary", npz("x", shape(3, 2))).refused("dense/kernel", "received x");
    CliRun.of("summary", npz("a/gamma", shape(3))).refused("dense/kernel", "a/gamma");
    CliRun.of("summary", npz("a/bias", shape(3))).refused("a/kernel of a shape", "none");
    CliRun.of("summary", npz("a/kernel", shape(3))).refused("[inputs, units]", "[3]");
    CliRun.of("summary", npz("a/kernel", shape(0, 3))).refused("[inputs, units]", "[0, 3]");
    CliRun.of("summary", npz("a/kernel", shape(2, 3), "a/bias", shape(2)))
        .refused("a/bias of shape [3]", "[2]");
    CliRun.of("summary", npz("a/kernel", shape(2, 3), "b/kernel", shape(4, 1)))
        .refused("b/kernel with 3 inputs", "[4, 1]");
  }

  @ParameterizedTest
  @CsvSource({
    "--hidden=0, --hidden: expected at least 1",
    "--batch-size=-1, --batch-size: expected at least 1",
    "--style=keras1, 'style: expected one of keras3, keras2, received \"keras1\"'",
    "--batch-size=2000000000, batches of 2000000000: expected at most"
  })
  void option_outOfRange_isRefused(String option, String message) {
    CliRun.of("summary", "mnist-dense", option).refused(message);
  }

  @Test
  void modelFile_ofATraining_hasAllThatTheRecipeHas() {
    Path data = TinyMnist.write(folder);
    Path run = folder.resolve("R");
    CliRun.train("mnist-dense", "--data", data, "--epochs", 1, "--out", run).succeeded();
    String shown = CliRun.of("summary", run, "--batch-size=7").succeeded().out();
    assertThat(shown)
        .startsWith("Model: \"sequential\"")
        .contains(" dense: W (784, 8), b (8,)", "Optimizer rmsprop: ", "for batches of 7");
    assertThat(CliRun.of("summary", run.resolve("model.keras")).succeeded().out())
        .contains(" dense: W (784, 8), b (8,)");
    CliRun.of("summary", run, "--hidden=2").refused("--hidden: expected a recipe");
    CliRun.of("summary", data).refused("expected a model file, or the folder of a run");
  }

  @Test
  void weightsFile_ofAnotherFormat_hasItsLayers() {
    Path npz = npz("a/kernel", shape(4, 3), "a/bias", shape(3));
    Path h5 = folder.resolve("w.weights.h5");
    CliRun.of("convert", npz, h5).succeeded();
    assertThat(CliRun.of("summary", h5).succeeded().out())
        .contains("│ a (Dense) ", "Total params: 15 (60.00 B)");
  }

  @Test
  void option_ofATraining_isRefusedForAFile() {
    Path file = npz("a/kernel", shape(4, 3));
    CliRun.of("summary", file, "--hidden=2").refused("--hidden: expected a recipe", "w.npz");
    CliRun.of("summary", file, "--batch-size=2").refused("--batch-size: expected a recipe");
  }
}
