package dev.sinter.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.Model;
import dev.sinter.Sequential;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Input;
import dev.sinter.saving.Formats;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsFormatTest {
  private static final Path FIXTURES = Path.of("src", "test", "resources", "safetensors");

  @TempDir Path folder;

  @Test
  void weights_written_and_read_are_equal_in_the_same_order() {
    Map<String, Tensor> weights = new LinkedHashMap<>();
    weights.put("z/kernel", Tensor.of(new float[] {1, -2, Float.MIN_VALUE, 4, 5, 6}, 2, 3));
    weights.put("a \"quoted\" \u00e9/bias", Tensor.of(new float[] {0.1f}, 1));
    weights.put("large", Tensor.of(new float[40_000], 200, 200));
    Path file = folder.resolve("w.safetensors");

    Formats.weights(file).write(file, weights);

    Map<String, Tensor> read = Formats.weights(file).read(file);
    assertThat(read).containsExactlyEntriesOf(weights);
  }

  @Test
  void written_file_begins_with_a_header_of_a_multiple_of_8_bytes() throws IOException {
    Path file = folder.resolve("w.safetensors");
    new SafetensorsFormat().write(file, Map.of("a", Tensor.of(new float[] {1}, 1)));

    byte[] bytes = Files.readAllBytes(file);

    long length = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    assertThat(length % 8).isZero();
    assertThat(bytes).hasSize((int) (8 + length + 4));
    assertThat(new String(bytes, 8, (int) length, StandardCharsets.UTF_8).stripTrailing())
        .isEqualTo(
            "{\"__metadata__\":{\"format\":\"sinter\"},"
                + "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}");
  }

  @Test
  void file_of_the_package_with_four_types_gives_its_values() {
    Map<String, Tensor> read = new SafetensorsFormat().read(FIXTURES.resolve("types.safetensors"));

    Tensor values = Tensor.of(new float[] {-2.5f, 0, 0.5f, 1, 3.25f, 65504}, 2, 3);
    assertThat(read)
        .containsOnlyKeys("single", "double", "half", "subnormal", "brain", "scalar", "empty")
        .containsEntry("single", values)
        .containsEntry("double", values)
        .containsEntry("half", values)
        .containsEntry("subnormal", Tensor.of(new float[] {0x1p-24f, -0x1p-15f}, 2))
        .containsEntry("brain", Tensor.of(new float[] {1, -1.5f, 0x1p100f}, 3))
        .containsEntry("scalar", Tensor.of(new float[] {7}, 1).reshape())
        .containsEntry("empty", Tensor.of(new float[0], 0, 4));
  }

  @Test
  void array_of_integers_is_refused_by_name() {
    assertThatThrownBy(
            () -> new SafetensorsFormat().read(FIXTURES.resolve("refused-int64.safetensors")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("array count: expected elements of type F32, F64, F16 or BF16")
        .hasMessageContaining("received \"I64\"");
  }

  @Test
  void weights_of_a_torch_linear_layer_are_refused_with_its_order_of_axes() {
    Model model = Sequential.of(new Input(3), new Dense(2));

    assertThatThrownBy(() -> model.loadWeights(FIXTURES.resolve("torch-linear.safetensors")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("weights dense/kernel: expected [3, 2], received [2]")
        .hasMessageContaining("[in, out], which PyTorch for one keeps as [out, in]");
  }

  @Test
  void weights_of_a_model_saved_and_loaded_are_equal() {
    Model saved = Sequential.of(new Input(3), new Dense(4).relu(), new Dense(2).softmax()).seed(5);
    Model loaded = Sequential.of(new Input(3), new Dense(4).relu(), new Dense(2).softmax());
    Path file = folder.resolve("w.safetensors");

    saved.saveWeights(file);
    loaded.loadWeights(file);

    assertThat(loaded.getNamedWeights()).isEqualTo(saved.getNamedWeights());
  }

  private static final String ENTRY = "{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}";

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a hole | {'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}} | bytes 4 to 8 of 8",
        "an overlap | {'a':E,'b':{'dtype':'F32','shape':[1],'data_offsets':[2,6]}} | 2 to 6 of 8",
        "bytes left over | {'a':E} | arrays of 4 bytes in 8",
        "an end after the file | {'a':E,'b':{'dtype':'F32','shape':[2],'data_offsets':[4,12]}} | 12 of 8",
        "offsets in reverse | {'a':{'dtype':'F32','shape':[1],'data_offsets':[4,0]}} | bytes 4 to 0",
        "a shape of other size | {'a':{'dtype':'F32','shape':[2],'data_offsets':[0,4]}} | [2] of F32",
        "an absurd shape | {'a':{'dtype':'F32','shape':[4294967296,4294967296],'data_offsets':[0,8]}} | 4294967296",
        "an empty absurd shape | {'a':{'dtype':'F32','shape':[0,99999999999],'data_offsets':[0,0]}} | 99999999999",
        "a long number | {'a':{'dtype':'F32','shape':[12345678901234567890],'data_offsets':[0,8]}} | 12345678901234567890",
        "a negative number | {'a':{'dtype':'F32','shape':[-2],'data_offsets':[0,8]}} | the number -2",
        "a fraction | {'a':{'dtype':'F32','shape':[2.0],'data_offsets':[0,8]}} | the number 2.0",
        "a name twice | {'a':E,'a':E} | \"a\" twice",
        "a key twice | {'a':{'dtype':'F32','dtype':'F32'}} | \"dtype\" twice",
        "another key | {'a':{'type':'F32'}} | the key \"type\"",
        "no offsets | {'a':{'dtype':'F32','shape':[2]}} | without dtype, shape and two data_offsets",
        "another type | {'a':{'dtype':'I8','shape':[8],'data_offsets':[0,8]}} | \"I8\"",
        "metadata of numbers | {'__metadata__':{'a':1}} | NUMBER in place of STRING",
        "no object | [1] | a header of other JSON",
        "deep nesting | {'a':{'shape':[[[[[[1]]]]]]}} | NUMBER",
        "a second value | {} {} | a header of other JSON",
        "loose JSON | {a:1} | a header of other JSON",
        "a cut | {'a':{'dtype' | a header of other JSON",
      })
  void header_that_lies_is_refused(String what, String json, String message) throws IOException {
    String text = json.replace(":E", ":" + ENTRY).replace('\'', '"');
    assertRefused(file(text, 8), message);
  }

  @Test
  void declared_length_beyond_the_file_is_refused_before_it_is_read() throws IOException {
    Path file = file("{}", 0);
    byte[] bytes = Files.readAllBytes(file);
    for (long length : new long[] {0, 1, 3, 10_000_001, Long.MAX_VALUE, -1}) {
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
      Files.write(file, bytes);
      assertRefused(file, "expected a header of 2 to");
    }
  }

  @Test
  void header_that_is_no_utf8_is_refused() throws IOException {
    byte[] bytes = Files.readAllBytes(file("{'aa':1}".replace('\'', '"'), 0));
    bytes[10] = (byte) 0xC0;
    assertRefused(Files.write(folder.resolve("w.safetensors"), bytes), "not UTF-8");
  }

  @Test
  void weights_that_are_not_finite_are_refused() {
    Path file = folder.resolve("w.safetensors");
    new SafetensorsFormat().write(file, Map.of("a", Tensor.of(new float[] {1, Float.NaN}, 2)));
    assertRefused(file, "array a: expected finite weights, received NaN at place 1");
  }

  private Path file(String json, int dataBytes) throws IOException {
    byte[] header = json.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + header.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(header.length).put(header);
    return Files.write(folder.resolve("w.safetensors"), bytes.array());
  }

  private static void assertRefused(Path file, String message) {
    assertThatThrownBy(() -> new SafetensorsFormat().read(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("w.safetensors")
        .hasMessageContaining(message);
  }
}
