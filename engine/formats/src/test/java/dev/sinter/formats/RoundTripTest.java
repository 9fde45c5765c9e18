package dev.sinter.formats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.Model;
import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.saving.Formats;
import dev.sinter.testkit.MnistNetworks;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every format gives back the weights, and with them the predictions, of the three networks. */
class RoundTripTest {
  private static final List<String> RECIPES = List.of("mnist-dense", "mnist-sigmoid", "digits01");

  @TempDir Path folder;

  @Test
  void formats_ofTheModule_areFound() {
    assertThat(Formats.modelSuffixes()).containsExactly(".h5", ".hdf5", ".keras", ".onnx");
    assertThat(Formats.weightsSuffixes())
        .containsExactly(".npy", ".npz", ".safetensors", ".weights.h5");
  }

  static Stream<Arguments> files() {
    return Stream.concat(Formats.modelSuffixes().stream(), Formats.weightsSuffixes().stream())
        .flatMap(suffix -> RECIPES.stream().map(recipe -> Arguments.of(suffix, recipe)));
  }

  @ParameterizedTest
  @MethodSource("files")
  void network_savedAndLoaded_hasEqualWeightsAndPredictionsOnAThousandDigits(
      String suffix, String recipe) {
    Path file = folder.resolve("network" + suffix);
    try (Model model = MnistNetworks.of(recipe).seed(11).backend("reference")) {
      int width = model.layers().get(0).inputs();
      Dataset digits = Dataset.of(Tensor.of(OnnxFormatTest.digits(1000, width)));
      try (Model loaded = loaded(model, recipe, file)) {
        assertThat(loaded.getWeights()).isEqualTo(model.getWeights());
        assertThat(loaded.predict(digits)).isEqualTo(model.predict(digits));
      }
    }
  }

  private static Model loaded(Model model, String recipe, Path file) {
    if (Formats.findModel(file).isPresent()) {
      model.save(file);
      return Model.load(file).backend("reference");
    }
    model.saveWeights(file);
    Model other = MnistNetworks.of(recipe).seed(12).backend("reference");
    other.loadWeights(file);
    return other;
  }
}
