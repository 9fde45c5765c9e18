package dev.sinter.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.errors.InputException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams of .npy files. */
class NpyRowsTest {
  @TempDir private Path folder;
  private Path x;
  private Path y;

  @BeforeEach
  void files() {
    x = folder.resolve("x.npy");
    y = folder.resolve("y.npy");
  }

  private static List<String> rows(Stream stream) throws Exception {
    List<String> rows = new ArrayList<>();
    Sample sample =
        new Sample(stream.source().type(), stream.features(), stream.source().labelColumns());
    try (SampleReader reader = stream.source().open()) {
      while (reader.read(sample)) {
        rows.add(
            List.of(sample.inputs().toRows()[0].length, sample.inputs().get(0), sample.y().length)
                + " "
                + sample.inputs().get(sample.inputs().size() - 1)
                + (sample.y().length > 0 ? " " + sample.y()[sample.y().length - 1] : ""));
      }
    }
    return rows;
  }

  @Test
  void float32WithClasses_areReadRowByRowEachTime() throws Exception {
    Npy.write(x, Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3));
    Npy.write(y, Tensor.of(new float[] {7, 8}, 2));
    Stream stream = Stream.npy(x, y);
    assertThat(stream.size()).isEqualTo(2);
    assertThat(stream.featureShape()).containsExactly(3);
    List<String> expected = List.of("[3, 1.0, 1] 3.0 7.0", "[3, 4.0, 1] 6.0 8.0");
    assertThat(rows(stream)).isEqualTo(expected);
    assertThat(rows(stream)).isEqualTo(expected);
  }

  @Test
  void bytesWithOneHotLabels_stayBytes() throws Exception {
    Npy.write(x, Tensor.ofBytes(new byte[] {1, 2, 3, 4, 5, 6, 7, -1}, 2, 2, 2));
    Npy.write(y, Tensor.ofBytes(new byte[] {0, 1, 1, 0}, 2, 2));
    Stream stream = Stream.npy(x, y);
    assertThat(stream.source().type()).isEqualTo(Tensor.Type.UINT8);
    assertThat(stream.featureShape()).containsExactly(2, 2);
    assertThat(stream.flatten().featureShape()).containsExactly(4);
    assertThat(rows(stream)).containsExactly("[4, 1.0, 2] 4.0 1.0", "[4, 5.0, 2] 255.0 0.0");
    assertThat(rows(Stream.npy(x, null))).containsExactly("[4, 1.0, 0] 4.0", "[4, 5.0, 0] 255.0");
  }

  /** More elements than an array can have: 6 GB that the file system does not store. */
  @Test
  void fileLargerThanAnArray_isReadFromItsStart() throws Exception {
    long rows = 3_000_000;
    String header =
        "{'descr': '<f8', 'fortran_order': False, 'shape': (%s, 1000), }".formatted(rows);
    ByteBuffer start = ByteBuffer.allocate(128).order(ByteOrder.LITTLE_ENDIAN);
    start.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.ISO_8859_1));
    start.put((byte) 1).put((byte) 0).putShort((short) 118);
    start.put(
        (header + " ".repeat(117 - header.length()) + "\n").getBytes(StandardCharsets.US_ASCII));
    try (RandomAccessFile file = new RandomAccessFile(x.toFile(), "rw")) {
      file.write(start.array());
      file.seek(128 + 8 * 1999);
      file.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putDouble(2.5).array());
      file.setLength(128 + rows * 8000);
    }
    Stream stream = Stream.npy(x, null);
    assertThat(stream.size()).isEqualTo(rows);
    Sample sample = new Sample(Tensor.Type.FLOAT32, 1000, 0);
    try (SampleReader reader = stream.source().open()) {
      assertThat(reader.read(sample) && reader.read(sample)).isTrue();
    }
    assertThat(sample.x()[999]).isEqualTo(2.5f);
    assertThatThrownBy(() -> Npy.read(x))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("at most 64 dimensions and");
  }

  @Test
  void filesThatDoNotFit_areRefusedByName() throws IOException {
    Npy.write(x, Tensor.of(new float[] {1, 2, 3, 4}, 2, 2));
    Npy.write(y, Tensor.of(new float[] {7, 8, 9}, 3));
    refused(x, y, "y.npy: expected 2 labels, one a sample of", "received 3");
    refused(y, null, "y.npy: expected [samples, features...], received [3]");
    refused(folder.resolve("none.npy"), null, "none.npy: expected a NumPy .npy file");
    Path deep = folder.resolve("deep.npy");
    Npy.write(deep, Tensor.of(new float[2], 2, 1, 1));
    refused(x, deep, "deep.npy: expected [samples] or [samples, columns]");
    Files.writeString(
        deep,
        Files.readString(x, StandardCharsets.ISO_8859_1)
            .replace("'fortran_order': False", "'fortran_order': True "),
        StandardCharsets.ISO_8859_1);
    refused(deep, null, "deep.npy: expected rows one after another (C order)");
  }

  private static void refused(Path x, Path y, String... parts) {
    assertThatThrownBy(() -> Stream.npy(x, y))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll(parts);
  }
}
