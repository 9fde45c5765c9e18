package dev.sinter.data;

import static dev.sinter.testkit.IdxFiles.gzip;
import static dev.sinter.testkit.IdxFiles.idx;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.errors.InputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdxTest {
  @TempDir Path folder;

  @Test
  void images_plain_readAsUint8() throws IOException {
    assertThat(Idx.read(file(idx(2, 2, 3))))
        .isEqualTo(Tensor.ofBytes(new byte[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, 2, 2, 3));
  }

  @Test
  void labels_gzipWithoutSuffix_readAsUint8() throws IOException {
    assertThat(Idx.read(file(gzip(idx(3))))).isEqualTo(Tensor.ofBytes(new byte[] {0, 1, 2}, 3));
  }

  @Test
  void images_largerThanFirstAllocation_readWhole() throws IOException {
    byte[] content = idx(3000, 28, 28); // compresses further than the reader expects
    Tensor images = Idx.read(file(gzip(content)));
    assertThat(images.shape()).containsExactly(3000, 28, 28);
    assertThat(images.bytes()).isEqualTo(Arrays.copyOfRange(content, 16, content.length));
  }

  @Test
  void images_none_readAsEmpty() throws IOException {
    assertThat(Idx.read(file(idx(0, 28, 28))).shape()).containsExactly(0, 28, 28);
  }

  @Test
  void header_ofTensor_isTheFilesOwn() {
    Tensor labels = Tensor.ofBytes(new byte[] {0, 1, 2}, 3);
    assertThat(Idx.header(labels)).isEqualTo(Arrays.copyOf(idx(3), 8));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void data_truncated_refusedWithBothLengths(boolean zipped) throws IOException {
    byte[] content = Arrays.copyOf(idx(2, 2, 3), 20);
    assertRefused(
        file(zipped ? gzip(content) : content), "12 bytes of data for shape [2, 2, 3]", "4 (trunc");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void data_trailingBytes_refused(boolean zipped) throws IOException {
    byte[] content = Arrays.copyOf(idx(2, 2, 3), 29);
    assertRefused(file(zipped ? gzip(content) : content), "12 bytes of data for shape [2, 2, 3]");
  }

  @Test
  void header_truncated_refused() throws IOException {
    assertRefused(file(Arrays.copyOf(idx(2, 2, 3), 10)), "a complete IDX header");
    assertRefused(file(new byte[0]), "a complete IDX header");
    assertRefused(file(new byte[] {0x1F}), "a complete IDX header");
  }

  @Test
  void magic_other_refusedWithBothMagics() throws IOException {
    byte[] content = idx(3);
    content[2] = 0x0D; // float32
    assertRefused(file(content), "0x00000801", "0x00000D01");
  }

  @Test
  void gzip_cutShort_refused() throws IOException {
    byte[] content = gzip(idx(50, 28, 28));
    for (int length : new int[] {2, 9, content.length / 2, content.length - 1}) {
      assertRefused(file(Arrays.copyOf(content, length)), "gzip");
    }
  }

  @Test
  void gzip_damagedByte_refused() throws IOException {
    byte[] content = gzip(idx(50, 28, 28));
    content[content.length - 6] ^= 0x55; // its checksum
    assertRefused(file(content), "intact gzip data");
    content = gzip(idx(50, 28, 28));
    content[content.length / 2] ^= 0x55;
    assertRefused(file(content), "expected");
  }

  @Test
  void gzip_followedByOtherBytes_refused() throws IOException {
    byte[] content = gzip(idx(50, 28, 28));
    assertRefused(file(Arrays.copyOf(content, content.length + 5)), "the end of the file");
    assertRefused(file(Arrays.copyOf(content, content.length + 70_000)), "the end of the file");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void header_absurdSizes_refusedWithoutAllocating(boolean zipped) throws IOException {
    for (int[] shape : new int[][] {{-1, -1, -1}, {-1, 0, 1}, {1 << 30, 2, 1}, {1 << 30, 1, 1}}) {
      byte[] content = idx(2, 2, 3);
      ByteBuffer.wrap(content, 4, 12).putInt(shape[0]).putInt(shape[1]).putInt(shape[2]);
      assertRefused(file(zipped ? gzip(content) : content), "expected");
    }
  }

  @Test
  void path_missingOrFolder_refusedByName() {
    assertRefused(folder.resolve("none.gz"), "none.gz", "no such file");
    assertRefused(folder, "a folder");
  }

  private void assertRefused(Path file, String... parts) {
    assertThatThrownBy(() -> Idx.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining("expected")
        .hasMessageContaining("received")
        .hasMessageContainingAll(parts);
  }

  private Path file(byte[] content) throws IOException {
    return Files.write(folder.resolve("data"), content);
  }
}
