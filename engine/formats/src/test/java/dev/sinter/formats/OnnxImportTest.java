package dev.sinter.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.Model;
import dev.sinter.errors.InputException;
import dev.sinter.layers.Dense;
import dev.sinter.saving.SavedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files made by the onnx package, as other exporters lay them out; z = [14.5, -13.75] in each. */
class OnnxImportTest {
  private static final Path FIXTURES = Path.of("src", "test", "resources", "onnx");

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "matmul-add, dense, 0",
    "add-matmul, dense, 0",
    "torch-linear, fc1, -13.75",
    "alpha-beta, fc, -13.75",
    "float-data, k, -13.75",
    "double-data, k, -13.75",
    "constants, fc, -13.75",
  })
  void file_of_another_tool_gives_its_layer_and_numbers(String file, String layer, float second) {
    SavedModel read = new OnnxFormat().read(FIXTURES.resolve(file + ".onnx"));

    assertThat(read.layers()).hasSize(1);
    assertThat(read.layers().get(0).name()).isEqualTo(layer);
    assertThat(read.layers().get(0).layer()).isInstanceOf(Dense.class);
    try (Model model = Model.of(read)) {
      assertThat(model.predict(new float[][] {{1, 2, 3}}).toFloats())
          .containsExactly(14.5f, second);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "refused-leaky-relu | node leak (LeakyRelu): expected Gemm, MatMul",
        "refused-branch | node right (MatMul): expected input 0 to be a",
        "refused-external | initializer k: expected weights in the file itself",
      })
  void graph_that_sinter_lacks_is_refused_by_node(String file, String message) {
    assertThatThrownBy(() -> new OnnxFormat().read(FIXTURES.resolve(file + ".onnx")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(message);
  }

  @Test
  void file_cut_anywhere_is_refused_or_read_but_nothing_else() throws IOException {
    byte[] whole = Files.readAllBytes(FIXTURES.resolve("torch-linear.onnx"));
    Path cut = folder.resolve("cut.onnx");
    int refused = 0;
    for (int length = 0; length < whole.length; length++) {
      Files.write(cut, java.util.Arrays.copyOf(whole, length));
      try {
        new OnnxFormat().read(cut);
      } catch (InputException e) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(whole.length * 9 / 10);
  }

  @Test
  void chain_of_very_many_layers_is_refused() throws IOException {
    assertRefused(chain("Relu", "x"), "expected at most 1000 layers, received more");
  }

  @Test
  void one_matrix_in_very_many_nodes_is_refused_before_it_fills_the_memory() throws IOException {
    assertRefused(chain("MatMul", "x", "k"), "received weights that many nodes share");
  }

  /** Returns a file of 15 000 nodes that all read x and write x; k is a matrix [1, 1]. */
  private Path chain(String operator, String... inputs) throws IOException {
    StringBuilder node = new StringBuilder();
    for (String input : inputs) {
      node.append(field(1, hex(input)));
    }
    node.append(field(2, hex("x"))).append(field(4, hex(operator)));
    String value = field(1, hex("x")) + field(2, field(1, "0801"));
    String matrix = "08010801" + "1001" + field(8, hex("k")) + field(9, "0000803f");
    String graph =
        field(1, node.toString()).repeat(15_000)
            + field(5, matrix)
            + field(11, value)
            + field(12, value);
    return Files.write(
        folder.resolve("m.onnx"),
        java.util.HexFormat.of().parseHex(field(7, graph) + field(8, "100d")));
  }

  private static String hex(String text) {
    return java.util.HexFormat.of()
        .formatHex(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  /** Returns a field of bytes: its tag, their number as a varint, the bytes. */
  private static String field(int number, String hex) {
    StringBuilder bytes = new StringBuilder("%02x".formatted(number << 3 | 2));
    int length = hex.length() / 2;
    for (; length > 127; length >>= 7) {
      bytes.append("%02x".formatted(length & 127 | 128));
    }
    return bytes.append("%02x".formatted(length)).append(hex).toString();
  }

  private static void assertRefused(Path file, String message) {
    assertThatThrownBy(() -> new OnnxFormat().read(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "a length beyond the file, 3affffffff07, damage after byte",
    "a negative length, 3affffffffffffffffff01, damage after byte",
    "a varint without end, 08ffffffffffffffffffffff, damage after byte",
    "a group, 0b0b0b0b, a group",
    "the end of a group, 0c, a group",
    "a field 0, 00, damage after byte",
    "a text for a number, 42021200, another type",
    "a number for a message, 3801, another type",
    "no graph, 0807, no graph",
    "no version, 3a00, no version",
    "an old version, 3a0042021005, version 7 to 28",
    "nothing in the graph, 3a004202100d, one input and one output",
  })
  void bytes_that_lie_are_refused(String what, String hex, String message) throws IOException {
    Path file = Files.write(folder.resolve("m.onnx"), java.util.HexFormat.of().parseHex(hex));
    assertThatThrownBy(() -> new OnnxFormat().read(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(message);
  }
}
