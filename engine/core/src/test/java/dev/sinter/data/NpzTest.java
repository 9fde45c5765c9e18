package dev.sinter.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.errors.InputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NpzTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"stored.npz", "deflated.npz"})
  void numpyArchive_storedOrDeflated_readInOrder(String name) {
    Map<String, Tensor> arrays = Npz.read(NpyTest.fixture(name));
    assertThat(arrays.keySet()).containsExactly("dense/kernel", "dense/bias", "labels");
    assertThat(arrays)
        .containsEntry("dense/kernel", Tensor.of(new float[] {-3, -2, -1, 0, 1, 2}, 2, 3))
        .containsEntry("dense/bias", Tensor.of(new float[] {1, 2, 3}))
        .containsEntry("labels", Tensor.ofBytes(new byte[] {0, 1, 2, 3, 4, 5}, 2, 3));
  }

  @Test
  void write_thenRead_givesTheSameArraysInOrder() {
    Map<String, Tensor> arrays = Npz.read(NpyTest.fixture("stored.npz"));
    Path file = folder.resolve("out.npz");
    Npz.write(file, arrays);
    assertThat(Npz.read(file)).containsExactlyEntriesOf(arrays);
  }

  @Test
  void write_twice_givesTheSameBytes() throws IOException {
    Map<String, Tensor> arrays = Npz.read(NpyTest.fixture("stored.npz"));
    Npz.write(folder.resolve("a.npz"), arrays);
    Npz.write(folder.resolve("b.npz"), arrays);
    assertThat(folder.resolve("a.npz")).hasSameBinaryContentAs(folder.resolve("b.npz"));
  }

  @Test
  void write_noArrays_readBackEmpty() {
    Path file = folder.resolve("out.npz");
    Npz.write(file, new LinkedHashMap<>());
    assertThat(Npz.read(file)).isEmpty();
  }

  @Test
  void write_missingFolder_refused() {
    assertThatThrownBy(() -> Npz.write(folder.resolve("no/a.npz"), Map.of()))
        .isInstanceOf(InputException.class);
  }

  @Test
  void path_missingOrFolder_refusedByName() {
    assertRefused(folder.resolve("none.npz"), "no such file");
    assertRefused(folder, "a folder");
  }

  @Test
  void file_noZip_refused() throws IOException {
    assertRefused(Files.writeString(folder.resolve("a"), "no zip"), "an intact zip archive");
    assertRefused(Files.createFile(folder.resolve("b")), "an intact zip archive");
  }

  @Test
  void file_cutAnywhere_refused() throws IOException {
    byte[] content = Files.readAllBytes(NpyTest.fixture("deflated.npz"));
    for (int length = 1; length < content.length; length += 7) {
      assertRefused(file(Arrays.copyOf(content, length)), "received");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"stored.npz", "deflated.npz"})
  void file_anyByteDamaged_neverGivesOtherElementsOrFails(String name) throws IOException {
    Path original = NpyTest.fixture(name);
    Map<String, Tensor> arrays = Npz.read(original);
    byte[] content = Files.readAllBytes(original);
    for (int at = 0; at < content.length; at++) {
      byte[] damaged = content.clone();
      damaged[at] ^= 0x10;
      Path file = file(damaged);
      Map<String, Tensor> read;
      try {
        read = Npz.read(file);
      } catch (InputException e) {
        assertThat(e).hasMessageContaining(file.toString());
        continue;
      }
      // Not covered by a checksum: the name of an entry, a time stamp.
      assertThat(read.values()).isSubsetOf(arrays.values());
    }
  }

  @Test
  void entry_withoutSuffix_refusedByName() throws IOException {
    assertRefused(zip("readme.txt", "hello".getBytes(StandardCharsets.UTF_8)), "entry readme.txt");
  }

  @Test
  void entry_noArray_refusedByName() throws IOException {
    assertRefused(
        zip("a.npy", "hello".getBytes(StandardCharsets.UTF_8)), "entry a.npy", "NumPy .npy array");
  }

  @Test
  void entry_largerThanItsPackedSizeAllows_refusedBeforeReading() throws IOException {
    byte[] content = Files.readAllBytes(zip("a.npy", new byte[100]));
    int central = indexOf(content, new byte[] {'P', 'K', 1, 2});
    content[central + 24] = -1; // the declared size
    content[central + 25] = -1;
    content[central + 26] = -1;
    content[central + 27] = 0x7F;
    assertRefused(file(content), "bytes declared, packed into");
  }

  private void assertRefused(Path file, String... parts) {
    assertThatThrownBy(() -> Npz.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining("expected")
        .hasMessageContainingAll(parts);
  }

  private Path file(byte[] content) throws IOException {
    return Files.write(folder.resolve("data.npz"), content);
  }

  private Path zip(String name, byte[] content) throws IOException {
    Path file = folder.resolve("made.npz");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      zip.putNextEntry(new ZipEntry(name));
      zip.write(content);
    }
    return file;
  }

  private static int indexOf(byte[] content, byte[] wanted) {
    for (int at = 0; ; at++) {
      if (Arrays.equals(content, at, at + wanted.length, wanted, 0, wanted.length)) {
        return at;
      }
    }
  }
}
