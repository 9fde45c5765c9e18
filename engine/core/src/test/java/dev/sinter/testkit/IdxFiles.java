package dev.sinter.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;

/** The bytes of IDX files, plain and compressed. */
public final class IdxFiles {
  private IdxFiles() {}

  /** Returns a file whose bytes count up. */
  public static byte[] idx(int... shape) {
    int count = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    ByteBuffer content = ByteBuffer.allocate(4 + 4 * shape.length + count);
    content.putInt(0x800 + shape.length);
    Arrays.stream(shape).forEach(content::putInt);
    for (int i = 0; i < count; i++) {
      content.put((byte) i);
    }
    return content.array();
  }

  /** Returns content compressed with gzip. */
  public static byte[] gzip(byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
      zip.write(content);
    }
    return bytes.toByteArray();
  }
}
