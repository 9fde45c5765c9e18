package dev.sinter.callbacks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.data.Tensor;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Event files byte by byte, against the definition of the format. */
class EventsTest {
  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits.replace(" ", ""));
  }

  /**
   * CRC-32C's check values: of "123456789" (the catalogues'), of 32 bytes 0 and 32 bytes 0xff (RFC
   * 3720, B.4); each is rotated right by 15 bits and 0xa282ead8 is added.
   */
  @ParameterizedTest
  @CsvSource({
    "313233343536373839, e3069283",
    "0000000000000000000000000000000000000000000000000000000000000000, 8a9136aa",
    "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff, 62a8ab43",
    "'', 00000000"
  })
  void record_checkValues_areFramedAsDefined(String data, String crc) {
    byte[] bytes = hex(data);
    ByteBuffer record = ByteBuffer.wrap(EventFile.record(bytes)).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(record.getLong()).isEqualTo(bytes.length);
    record.getInt();
    byte[] body = new byte[bytes.length];
    record.get(body);
    assertThat(body).isEqualTo(bytes);
    long plain = Long.parseLong(crc, 16);
    long rotated = (plain >>> 15 | plain << 17) & 0xffffffffL;
    assertThat(record.getInt()).isEqualTo((int) (rotated + 0xa282ead8L));
    assertThat(record.remaining()).isZero();
  }

  /** As TensorBoard's own record writer frames it: the bytes that start every event file. */
  @Test
  void version_literal_isTheFirstRecordOfEveryFile() {
    assertThat(Events.version(1700000000.0))
        .isEqualTo(hex("09 00000040fc54d941 1a 0d 627261696e2e4576656e743a32"));
    assertThat(EventFile.record(Events.version(1700000000.0)))
        .isEqualTo(
            hex(
                "1800000000000000 a37f4b22"
                    + "0900000040fc54d9411a0d627261696e2e4576656e743a32 eced8f9d"));
  }

  private static byte[] scalar(String tag, long step, double wallSeconds, double value) {
    Events events = new Events(step, wallSeconds, new ArrayList<>());
    events.scalar(tag, value);
    return events.list().get(0);
  }

  private static byte[] histogram(long step, double wallSeconds, float... values) {
    Events events = new Events(step, wallSeconds, new ArrayList<>());
    events.histogram("w", values);
    return events.list().get(0);
  }

  @Test
  void scalar_literal_isTensorFlowsEncoding() {
    String tensor = "42 0a  08 01  12 00  22 04 0000003f"; // float32, shape (), 0.5
    String metadata = "4a 0b  0a 09  0a 07 7363616c617273"; // scalars
    String value = "0a 25  0a 0a 65706f63685f6c6f7373" + tensor + metadata; // epoch_loss
    assertThat(scalar("epoch_loss", 300, 1.5, 0.5))
        .isEqualTo(hex("09 000000000000f83f  10 ac02  2a 27" + value));
    assertThat(scalar("epoch_loss", 0, 1.5, 0.5))
        .as("step 0 is the default")
        .isEqualTo(hex("09 000000000000f83f  2a 27" + value));
  }

  @Test
  void histogram_literal_ofEqualValuesIsOneBucket() {
    String content = "000000000000e03f 000000000000f83f 0000000000000840"; // 0.5, 1.5, 3
    String shape = "12 08  12 02 08 01  12 02 08 03";
    String tensor = "42 26  08 02" + shape + "22 18" + content;
    String metadata = "4a 0e  0a 0c  0a 0a 686973746f6772616d73";
    assertThat(histogram(1, 1.5, 1, 1, 1))
        .isEqualTo(hex("09 000000000000f83f  10 01  2a 3d  0a 3b  0a 01 77" + tensor + metadata));
  }

  private static EventDecoder.Value histogram(Path folder, float... values) throws IOException {
    EventFile file = EventFile.create(folder);
    file.append(List.of(histogram(0, 1.7e9, values)));
    return EventDecoder.onlyFile(folder).values().get(0);
  }

  @Test
  void histogram_buckets_areThirtyOfEqualWidth(@TempDir Path folder) throws IOException {
    float[] values = new float[31];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    double[] rows = histogram(folder, values).numbers();
    assertThat(rows).hasSize(90);
    for (int i = 0; i < 30; i++) {
      assertThat(new double[] {rows[3 * i], rows[3 * i + 1], rows[3 * i + 2]})
          .as("the last bucket includes its right edge")
          .containsExactly(i, i + 1, i == 29 ? 2 : 1);
    }
  }

  @Test
  void histogram_notFinite_isLeftOut(@TempDir Path folder) throws IOException {
    float[] values = {0, Float.NaN, 3, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
    double[] rows = histogram(folder.resolve("some"), values).numbers();
    assertThat(rows[0]).isZero();
    assertThat(rows[88]).isEqualTo(3);
    assertThat(histogram(folder.resolve("none"), Float.NaN).numbers()).isEmpty();
  }

  /** Returns the grey levels as they are stored, row by row. */
  private static byte[] pixels(WeightImage image) throws IOException {
    assertThat(image.png()).startsWith(hex("89504e470d0a1a0a 0000000d49484452"));
    assertThat(image.png()).endsWith(hex("0000000049454e44ae426082"));
    assertThat(image.png()[25]).as("PNG's colour type: grey").isZero();
    Raster raster = ImageIO.read(new ByteArrayInputStream(image.png())).getRaster();
    assertThat(raster.getWidth()).isEqualTo(image.width());
    assertThat(raster.getHeight()).isEqualTo(image.height());
    return (byte[]) raster.getDataElements(0, 0, image.width(), image.height(), null);
  }

  /** Cut off below 0 and above 1; 0.5 * 255.5 is 127. */
  @Test
  void image_kernel_liesOnItsLongerSide() throws IOException {
    float[] values = {0, 1, 0.5f, -1, 2, Float.NaN};
    WeightImage wide = WeightImage.of(Tensor.of(values, 2, 3));
    assertThat(pixels(wide)).isEqualTo(hex("00ff7f 00ff00"));
    WeightImage tall = WeightImage.of(Tensor.of(values, 3, 2));
    assertThat(tall.width()).isEqualTo(3);
    assertThat(pixels(tall)).as("transposed").isEqualTo(hex("007fff ff0000"));
  }

  @Test
  void image_vector_standsUprightAndOneNumberHasNone() throws IOException {
    float[] values = {0, 1, 0.25f};
    for (Tensor vector :
        List.of(Tensor.of(values, 3), Tensor.of(values, 3, 1), Tensor.of(values, 1, 3))) {
      WeightImage image = WeightImage.of(vector);
      assertThat(image.width()).isEqualTo(1);
      assertThat(pixels(image)).isEqualTo(hex("00 ff 3f"));
    }
    assertThat(WeightImage.of(Tensor.of(new float[] {1}, 1))).isNull();
    assertThat(WeightImage.of(Tensor.of(new float[] {1}, 1, 1))).isNull();
  }

  /** Whatever the moment, what is in the file is whole records. */
  @Test
  void append_eachTime_leavesWholeRecords(@TempDir Path folder) throws IOException {
    EventFile file = EventFile.create(folder);
    assertThat(EventDecoder.onlyFile(folder).version()).isEqualTo("brain.Event:2");
    for (int step = 0; step < 5; step++) {
      file.append(
          List.of(scalar("größe", step, 1.7e9, step), scalar("b", 1L << 40, 1.7e9, Double.NaN)));
      assertThat(EventDecoder.onlyFile(folder).values()).hasSize(2 * step + 2);
    }
    EventDecoder.Content content = EventDecoder.onlyFile(folder);
    assertThat(content.scalars("größe")).containsExactly(0.0, 1.0, 2.0, 3.0, 4.0);
    assertThat(content.what()).contains("scalars b " + (1L << 40));
    assertThat(content.scalars("b").get(0)).isNaN();
  }

  @Test
  void create_twice_makesTwoFilesNamedAsTensorFlowDoes(@TempDir Path folder) throws IOException {
    EventFile.create(folder.resolve("a/train"));
    EventFile.create(folder.resolve("a/train"));
    try (var files = Files.list(folder.resolve("a/train"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .hasSize(2)
          .allMatch(
              name ->
                  name.matches(
                      "events\\.out\\.tfevents\\.\\d{10}\\.[A-Za-z0-9._-]+\\."
                          + ProcessHandle.current().pid()
                          + "\\.\\d+\\.v2"));
    }
  }
}
