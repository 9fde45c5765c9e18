package dev.sinter.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.errors.InputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** NumPy wrote the fixtures under npy/: scripts/golden/make_npy_fixtures.py. */
class NpyTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "float32-little, -2.5",
    "float32-big, -2.5",
    "float64-little, -2.5",
    "float64-big, -2.5",
    "int8, -3",
    "int16-little, -3",
    "int16-big, -3",
    "int32-little, -3",
    "int32-big, -3",
    "int64-little, -3",
    "int64-big, -3",
    "uint16, 65530",
    "version2, 0",
    "version3, 0"
  })
  void numpyArray_ofEachTypeAndOrder_readAsFloat32(String name, float first) {
    assertThat(Npy.read(fixture(name + ".npy")))
        .isEqualTo(
            Tensor.of(
                new float[] {first, first + 1, first + 2, first + 3, first + 4, first + 5}, 2, 3));
  }

  @Test
  void numpyArray_uint8_staysUint8() {
    assertThat(Npy.read(fixture("uint8.npy")))
        .isEqualTo(Tensor.ofBytes(new byte[] {-6, -5, -4, -3, -2, -1}, 2, 3));
  }

  @Test
  void numpyArray_uint32AndBool_readAsFloat32() {
    float step = 1 << 29;
    assertThat(Npy.read(fixture("uint32.npy")))
        .isEqualTo(Tensor.of(new float[] {0, step, 2 * step, 3 * step, 4 * step, 5 * step}, 2, 3));
    assertThat(Npy.read(fixture("bool.npy")))
        .isEqualTo(Tensor.of(new float[] {0, 1, 0, 1, 0, 1}, 2, 3));
  }

  @ParameterizedTest
  @ValueSource(strings = {"fortran-float64.npy", "fortran-uint8.npy"})
  void numpyArray_fortranOrder_readRowMajor(String name) {
    Tensor cube = Npy.read(fixture(name));
    assertThat(cube.shape()).containsExactly(2, 3, 4);
    for (int i = 0; i < 24; i++) {
      assertThat(cube.get(i)).isEqualTo(i);
    }
  }

  @Test
  void numpyArray_scalarVectorAndEmpty_keepTheirShapes() {
    assertThat(Npy.read(fixture("scalar.npy")).shape()).isEmpty();
    assertThat(Npy.read(fixture("scalar.npy")).get(0)).isEqualTo(1.5f);
    assertThat(Npy.read(fixture("vector.npy"))).isEqualTo(Tensor.of(new float[] {1, 2, 3}));
    assertThat(Npy.read(fixture("empty.npy"))).isEqualTo(Tensor.of(new float[0], 0, 4));
  }

  @ParameterizedTest
  @CsvSource({
    "complex, complex numbers",
    "object, Python objects",
    "string, strings",
    "bytes, strings",
    "structured, a structured array",
    "float16, floating point of another size",
    "dates, dates"
  })
  void numpyArray_ofOtherType_refusedByItsName(String name, String kind) {
    assertRefused(fixture("refused-" + name + ".npy"), kind);
  }

  @ParameterizedTest
  @ValueSource(strings = {"vector", "empty", "scalar", "uint8"})
  void write_thenRead_givesTheSameTensor(String name) {
    Tensor tensor = Npy.read(fixture(name + ".npy"));
    Path file = folder.resolve("out.npy");
    Npy.write(file, tensor);
    assertThat(Npy.read(file)).isEqualTo(tensor);
  }

  @Test
  void write_manyBlocks_readBackWhole() {
    float[] elements = new float[70_001];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = i * 0.5f;
    }
    Path file = folder.resolve("out.npy");
    Npy.write(file, Tensor.of(elements));
    assertThat(Npy.read(file)).isEqualTo(Tensor.of(elements));
  }

  @ParameterizedTest
  @ValueSource(strings = {"vector", "uint8", "empty", "scalar"})
  void write_arrayThatNumpyWrote_givesItsBytes(String name) throws IOException {
    Path file = folder.resolve("out.npy");
    Npy.write(file, Npy.read(fixture(name + ".npy")));
    assertThat(Files.readAllBytes(file)).isEqualTo(Files.readAllBytes(fixture(name + ".npy")));
  }

  @Test
  void write_missingFolder_refused() {
    assertThatThrownBy(() -> Npy.write(folder.resolve("no/a.npy"), Tensor.of(new float[1])))
        .isInstanceOf(InputException.class);
  }

  @Test
  void file_cutAnywhere_refused() throws IOException {
    byte[] content = Files.readAllBytes(fixture("vector.npy"));
    for (int length = 0; length < content.length; length++) {
      assertRefused(file(Arrays.copyOf(content, length)), "received");
    }
  }

  @Test
  void file_trailingBytes_refused() throws IOException {
    byte[] content = Files.readAllBytes(fixture("vector.npy"));
    assertRefused(file(Arrays.copyOf(content, content.length + 1)), "12 bytes", "13 (trailing");
  }

  @Test
  void path_missingOrFolder_refusedByName() {
    assertRefused(folder.resolve("none.npy"), "no such file");
    assertRefused(folder, "a folder");
  }

  @Test
  void version_unknown_refused() throws IOException {
    byte[] content = Files.readAllBytes(fixture("vector.npy"));
    content[6] = 9;
    assertRefused(file(content), "format version 1, 2 or 3", "received 9");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{",
        "{}",
        "{'descr': '<f4'}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), } x",
        "{'descr': '<f4', 'fortran_order': Maybe, 'shape': (3,), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3 4), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (x,), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': 3, }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }",
        "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (3,), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), 'more': 1}",
        "{'descr': '<f4, 'fortran_order': False, 'shape': (3,)}",
        "{'descr': 4, 'fortran_order': False, 'shape': (3,)}"
      })
  void header_malformed_refused(String dictionary) throws IOException {
    assertRefused(file(npy(dictionary)), "a NumPy header with descr, fortran_order and shape");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-1,",
        "3, -1",
        "2147483647, 2147483647, 2147483647",
        "1073741824, 2",
        "9223372036854775807, 2",
        "0, 9999999999"
      })
  void shape_impossible_refusedWithoutAllocating(String shape) throws IOException {
    assertRefused(
        file(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (" + shape + ")}")),
        "elements",
        "shape [");
  }

  @Test
  void shape_ofTooManyDimensions_refused() throws IOException {
    String shape = "1, ".repeat(65);
    assertRefused(
        file(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (" + shape + ")}")),
        "at most 64 dimensions");
  }

  @Test
  void shape_largerThanTheFile_refusedWithoutAllocating() throws IOException {
    assertRefused(
        file(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2000000000,)}")),
        "8000000000 bytes",
        "12 (truncated)");
  }

  @Test
  void descr_unknownOrEmpty_refused() throws IOException {
    for (String descr : new String[] {"", "<", "<f", "<q9", "<f4x"}) {
      assertRefused(
          file(npy("{'descr': '" + descr + "', 'fortran_order': False, 'shape': (3,)}")),
          "(dtype '" + descr + "')");
    }
  }

  @Test
  void header_inAnotherOrderAndSpacing_read() throws IOException {
    Path file = file(npy("{\"shape\":(3L,),'fortran_order':True,'descr':'f4'}"));
    assertThat(Npy.read(file).shape()).containsExactly(3);
  }

  private void assertRefused(Path file, String... parts) {
    assertThatThrownBy(() -> Npy.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining("expected")
        .hasMessageContainingAll(parts);
  }

  private Path file(byte[] content) throws IOException {
    return Files.write(folder.resolve("data.npy"), content);
  }

  /** Returns a version 1 file with a given dictionary and 12 bytes of data. */
  static byte[] npy(String dictionary) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    ByteBuffer length = ByteBuffer.allocate(2).order(ByteOrder.LITTLE_ENDIAN);
    bytes.write(length.putShort((short) dictionary.length()).array());
    bytes.write(dictionary.getBytes(StandardCharsets.ISO_8859_1));
    bytes.write(new byte[12]);
    return bytes.toByteArray();
  }

  static Path fixture(String name) {
    try {
      return Path.of(Objects.requireNonNull(NpyTest.class.getResource("/npy/" + name)).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
