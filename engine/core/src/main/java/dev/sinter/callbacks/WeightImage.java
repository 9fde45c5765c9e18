package dev.sinter.callbacks;

import dev.sinter.data.Tensor;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A weight as Keras shows it in TensorBoard: one grey pixel an element, 0 black, 1 white, what is
 * outside cut off. A kernel lies on its longer side; a vector stands upright. Source: Keras,
 * callbacks/tensorboard.py, _log_weight_as_image.
 *
 * @param width pixels
 * @param height pixels
 * @param png the encoded file
 */
record WeightImage(int width, int height, byte[] png) {
  private static final int MAX = 255;

  /** Returns the image of a kernel or a bias, or null for a single number, which has none. */
  static @Nullable WeightImage of(Tensor weight) {
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
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
    for (int row = 0; row < height; row++) {
      for (int column = 0; column < width; column++) {
        float value = weight.get(transposed ? column * height + row : row * width + column);
        // As TensorFlow's convert_image_dtype with saturation. NaN is black.
        int grey = Math.max(0, Math.min(MAX, (int) (value * (MAX + 0.5f))));
        image.getRaster().setSample(column, row, 0, grey);
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    // In memory: ImageIO's own cache is a file in a folder that may not exist.
    try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(out)) {
      if (!ImageIO.write(image, "png", stream)) {
        throw new IOException("this Java has no PNG writer");
      }
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
    return new WeightImage(width, height, out.toByteArray());
  }
}
