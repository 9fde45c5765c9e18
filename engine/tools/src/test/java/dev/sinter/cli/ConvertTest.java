package dev.sinter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.Model;
import dev.sinter.data.Npy;
import dev.sinter.data.Npz;
import dev.sinter.data.Tensor;
import dev.sinter.recipes.Recipe;
import dev.sinter.saving.Formats;
import dev.sinter.saving.SavedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code sinter convert}: between models and weights of all formats on the class path. */
class ConvertTest {
  @TempDir Path folder;
  private Path run;
  private Path weights;

  @BeforeEach
  void train() {
    Path data = TinyMnist.write(folder);
    run = folder.resolve("R");
    CliRun.train("mnist-dense", "--data", data, "--epochs", 1, "--out", run).succeeded();
    weights = run.resolve("weights.npz");
  }

  private static CliRun convert(Object in, Object out, Object... more) {
    List<Object> arguments = new ArrayList<>(List.of("convert", in, out));
    arguments.addAll(List.of(more));
    return CliRun.of(arguments.toArray());
  }

  private static void assertEqual(Map<String, Tensor> actual, Map<String, Tensor> expected) {
    assertThat(List.copyOf(actual.keySet())).isEqualTo(List.copyOf(expected.keySet()));
    expected.forEach((name, value) -> assertThat(actual.get(name)).as(name).isEqualTo(value));
  }

  @Test
  void model_toKerasAndBack_losesNothing() {
    Path copy = folder.resolve("copy.keras");
    CliRun converted = convert(run, copy).succeeded();
    assertThat(converted.lines())
        .singleElement()
        .asString()
        .startsWith(copy + ": Keras 3")
        .endsWith(", 6370 parameters in 4 arrays");
    SavedModel first = ModelFile.read(run.resolve("model.keras"));
    SavedModel second = ModelFile.read(copy);
    assertEqual(second.weights(), first.weights());
    assertEqual(second.progress().slots(), first.progress().slots());
    assertThat(second.progress().iterations()).isEqualTo(first.progress().iterations());
    assertThat(second.notes()).isEqualTo(first.notes()).containsEntry("recipe", "mnist-dense");
  }

  @Test
  void model_toAFormatThatHoldsLess_saysWhat() {
    Path toy = folder.resolve("m.toy");
    CliRun converted = convert(run, toy).succeeded();
    assertThat(converted.lines())
        .containsExactly(
            toy + ": toy, 6370 parameters in 4 arrays",
            "m.toy does not hold the optimizer's state");
    Path back = folder.resolve("m.keras");
    assertThat(convert(toy, back).succeeded().lines()).hasSize(1);
    assertEqual(ModelFile.read(back).weights(), Npz.read(weights));
  }

  @Test
  void model_toWeights_saysWhatIsLost() {
    Path npz = folder.resolve("w.npz");
    assertThat(convert(run, npz).succeeded().lines())
        .containsExactly(
            npz + ": NumPy .npz, 6370 parameters in 4 arrays",
            "w.npz does not hold the layers, the compile configuration, the optimizer's state,"
                + " the name of the recipe");
    assertThat(npz).hasSameBinaryContentAs(weights);
  }

  /** Every format, also those that other modules bring: the same weights come back. */
  @Test
  void model_throughEachFormat_keepsItsWeights() {
    Map<String, Tensor> expected = Npz.read(weights);
    for (String suffix : Formats.modelSuffixes()) {
      Path file = folder.resolve("each" + suffix);
      convert(run, file).succeeded();
      assertEqual(ModelFile.read(file).weights(), expected);
    }
    for (String suffix : Formats.weightsSuffixes()) {
      Path file = folder.resolve("each" + suffix);
      convert(run, file).succeeded();
      Path back = folder.resolve("back.keras");
      convert(file, back, "--model", run).succeeded();
      assertEqual(ModelFile.read(back).weights(), expected);
    }
  }

  /** The width of the hidden layer comes from the weights; their names need not be Sinter's. */
  @Test
  void weights_withARecipe_becomeAModel() {
    Path file = folder.resolve("m.toy");
    convert(weights, file, "--model", "mnist-dense").succeeded();
    SavedModel model = ModelFile.read(file);
    assertEqual(model.weights(), Npz.read(weights));
    assertThat(model.notes()).containsEntry("recipe", "mnist-dense");
    assertThat(model.compilation().loss()).isEqualTo(Recipe.of("mnist-dense").loss());
    Map<String, Tensor> renamed = new LinkedHashMap<>();
    Npz.read(weights).values().forEach(value -> renamed.put("w" + renamed.size(), value));
    Path other = folder.resolve("other.npz");
    Npz.write(other, renamed);
    convert(other, file, "--model", "mnist-dense").succeeded();
    assertEqual(ModelFile.read(file).weights(), Npz.read(weights));
  }

  @Test
  void weights_toWeights_keepNamesAndValues() {
    Path h5 = folder.resolve("w.weights.h5");
    Path back = folder.resolve("back.npz");
    convert(weights, h5).succeeded();
    assertThat(convert(h5, back).succeeded().lines()).hasSize(1);
    assertEqual(Npz.read(back), Npz.read(weights));
    Path npy = folder.resolve("all.npy");
    convert(weights, npy).succeeded();
    assertThat(Npy.read(npy).shape()).containsExactly(6370);
    Path fromVector = folder.resolve("v.npz");
    convert(npy, fromVector, "--model", run).succeeded();
    assertEqual(Npz.read(fromVector), Npz.read(weights));
  }

  @Test
  void weights_toAModel_needTheLayers() {
    Path file = folder.resolve("m.keras");
    convert(weights, file)
        .refused("m.keras: expected a model, or weights and --model", "the weights alone of ");
    convert(weights, file, "--model", "digits01").refused("weights", "Use weights of this arch");
    convert(weights, file, "--model", "mnist").refused("--model: expected one of mnist-dense, ");
    convert(weights, file, "--model", folder.resolve("none.keras")).refused("no such file");
    assertThat(file).doesNotExist();
  }

  @Test
  void weights_thatAreNotFinite_areRefused() {
    Map<String, Tensor> arrays = new LinkedHashMap<>(Npz.read(weights));
    arrays.put("dense_1/bias", Tensor.of(new float[] {0, 0, Float.NaN, 0, 0, 0, 0, 0, 0, 0}, 10));
    Path npz = folder.resolve("nan.npz");
    Npz.write(npz, arrays);
    Path file = folder.resolve("m.keras");
    for (Object model : List.of("mnist-dense", run)) {
      convert(npz, file, "--model", model).refused("dense_1/bias, element 2", "NaN");
    }
    assertThat(file).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"m.pt", "m", "m.json"})
  void name_ofNoFormat_isRefusedWithTheKnownOnes(String name) {
    Path file = folder.resolve(name);
    convert(run, file)
        .refused(
            name + ": expected the name of a model (", ".h5, ", ".keras, ", ".npz", "Name a file");
    convert(file, folder.resolve("m.keras")).refused(name + ": expected the name of a model (");
  }

  @Test
  void out_isReplacedOrRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("m.keras"), "something else");
    convert(run, file).succeeded();
    assertEqual(ModelFile.read(file).weights(), Npz.read(weights));
    convert(file, file).refused("convert: expected two files, received " + file + " twice");
    convert(file, folder.resolve("none/m.keras")).refused("expected an existing folder");
    convert(file, folder.resolve("m.toy"), "--model", "mnist-dense")
        .refused("--model: expected weights alone in ");
    Path damaged = Files.writeString(folder.resolve("d.keras"), "x");
    Path target = folder.resolve("t.npz");
    convert(damaged, target).refused("d.keras");
    assertThat(target).doesNotExist();
  }

  @Test
  void recipe_ofWeights_isBuiltWithTheirWidth() {
    try (Model wide = Recipe.of("mnist-sigmoid").model(13)) {
      Path npz = folder.resolve("s.npz");
      Npz.write(npz, wide.getNamedWeights());
      Path file = folder.resolve("s.keras");
      convert(npz, file, "--model", "mnist-sigmoid").succeeded();
      assertEqual(ModelFile.read(file).weights(), wide.getNamedWeights());
    }
  }
}
