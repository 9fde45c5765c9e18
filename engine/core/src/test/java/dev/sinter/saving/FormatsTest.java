package dev.sinter.saving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.Model;
import dev.sinter.data.Npy;
import dev.sinter.data.Npz;
import dev.sinter.errors.InputException;
import dev.sinter.testkit.MnistNetworks;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The formats of the core alone, without sinter-formats. */
class FormatsTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"w.npz", "w.npy", "W.NPZ"})
  void weights_saved_and_loaded_are_equal_to_the_bit(String name) {
    Model saved = MnistNetworks.of("digits01").seed(4);
    Model loaded = MnistNetworks.of("digits01");
    Path file = folder.resolve(name);

    saved.saveWeights(file);
    loaded.loadWeights(file);

    assertThat(loaded.getNamedWeights()).isEqualTo(saved.getNamedWeights());
  }

  @Test
  void npz_holds_the_weights_by_name_and_npy_all_of_them_in_one_vector() {
    Model model = MnistNetworks.of("digits01");
    model.saveWeights(folder.resolve("w.npz"));
    model.saveWeights(folder.resolve("w.npy"));

    assertThat(Npz.read(folder.resolve("w.npz"))).containsExactlyEntriesOf(model.getNamedWeights());
    assertThat(Npy.read(folder.resolve("w.npy")).shape())
        .containsExactly(400 * 25 + 25 + 25 * 15 + 15 + 15 + 1);
  }

  @Test
  void weights_of_another_network_are_refused_and_change_nothing() {
    Path file = folder.resolve("w.npy");
    MnistNetworks.of("mnist-sigmoid").saveWeights(file);
    Model model = MnistNetworks.of("digits01");
    var before = model.getNamedWeights();

    assertThatThrownBy(() -> model.loadWeights(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("w.npy: expected arrays called dense/kernel [400, 25]");
    assertThat(model.getNamedWeights()).isEqualTo(before);
  }

  @Test
  void name_without_a_format_is_refused_with_the_artifact_that_has_more() {
    assertThatThrownBy(() -> Formats.weights(Path.of("w.bin")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(
            "w.bin: expected a format that is on the class path, received \"w.bin\"");
  }

  @Test
  void model_file_without_sinter_formats_is_refused_with_its_artifact() {
    assertThatThrownBy(() -> Formats.model(Path.of("m.keras")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("Add dev.sinter:sinter-formats to the class path");
  }
}
