package dev.sinter.callbacks;

import dev.sinter.data.Tensor;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * A weight as Keras shows it in TensorBoard: one grey pixel an element, 0 black, 1 white, what is
 * outside cut off. A kernel lies on its longer side; a vector stands upright. Source: Keras,
 * callbacks/tensorboard.py, _log_weight_as_image; the PNG specification.
 *
 * @param width pixels
 * @param height pixels
 * @param png the encoded file
 */
record WeightImage(int width, int height, byte[] png) {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  private static final int MAX = 255;

  /** Returns the image of a kernel or a bias, or null for a single number, which has none. */
  static WeightImage of(Tensor weight) {
    int size = weight.size();
    int columns = weight.shape().length == 2 ? weight.shape()[1] : 1;
    int rows = size / columns;
    if (size == 1) {
      return null;
    }
    if (rows == 1 || columns == 1) {
      return encode(size, 1, weight, false);
    }
    boolean transposed = rows > columns;
    return transposed ? encode(columns, rows, weight, true) : encode(rows, columns, weight, false);
  }

  private static WeightImage encode(int height, int width, Tensor weight, boolean transposed) {
    byte[] lines = new byte[height * (width + 1)]; // each starts with its filter: 0, none
    for (int row = 0; row < height; row++) {
      for (int column = 0; column < width; column++) {
        float value = weight.get(transposed ? column * height + row : row * width + column);
        lines[row * (width + 1) + 1 + column] = grey(value);
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(SIGNATURE);
    ByteBuffer header = ByteBuffer.allocate(13).putInt(width).putInt(height);
    header.put((byte) 8); // bits; what follows is 0: grey, deflated, filtered, not interlaced
    chunk(out, "IHDR", header.array());
    chunk(out, "IDAT", deflated(lines));
    chunk(out, "IEND", new byte[0]);
    return new WeightImage(width, height, out.toByteArray());
  }

  /** As TensorFlow's convert_image_dtype with saturation. NaN is black. */
  private static byte grey(float value) {
    return (byte) Math.max(0, Math.min(MAX, (int) (value * (MAX + 0.5f))));
  }

  private static byte[] deflated(byte[] data) {
    Deflater deflater = new Deflater(Deflater.BEST_SPEED);
    try {
      deflater.setInput(data);
      deflater.finish();
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      byte[] buffer = new byte[1 << 13];
      while (!deflater.finished()) {
        out.write(buffer, 0, deflater.deflate(buffer));
      }
      return out.toByteArray();
    } finally {
      deflater.end();
    }
  }

  private static void chunk(ByteArrayOutputStream out, String type, byte[] data) {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 crc = new CRC32();
    crc.update(name);
    crc.update(data);
    out.writeBytes(ByteBuffer.allocate(4).putInt(data.length).array());
    out.writeBytes(name);
    out.writeBytes(data);
    out.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
  }
}
