package dev.sinter.datasets;

import dev.sinter.errors.InputException;
import dev.sinter.io.FileInput;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.FileImageInputStream;
import javax.imageio.stream.ImageInputStream;
import org.jspecify.annotations.Nullable;

/**
 * An image file as numbers from 0 to 255; transparent parts are white. Immutable: any number of
 * threads may use it.
 *
 * @param channels 1 for gray levels, if red, green and blue are the same everywhere; else 3
 * @param values unsigned bytes, by rows: [height, width, channels]
 */
public record ImagePixels(int height, int width, int channels, byte[] values) {
  private static final String EXPECTED = "a PNG or JPEG image";
  private static final int MAX_SIDE = 8192; // such an image takes 450 MB while it is read
  private static final int WHITE = 255;
  private static final int COLOURS = 3;

  /**
   * Reads a file.
   *
   * @throws InputException for a file that is no image, damaged, or too large
   */
  public static ImagePixels read(Path file) {
    FileInput.requireFile(file, EXPECTED);
    try (ImageInputStream in = new FileImageInputStream(file.toFile())) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
      if (!readers.hasNext()) {
        throw refused(file, "another file", null);
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(in, true, true);
        int width = reader.getWidth(0);
        int height = reader.getHeight(0);
        if (width > MAX_SIDE || height > MAX_SIDE) {
          throw refused(file, height + " x " + width + " pixels", null);
        }
        return of(reader.read(0));
      } finally {
        reader.dispose();
      }
    } catch (InputException named) {
      throw named;
    } catch (IOException | RuntimeException problem) { // readers check little of what they read
      throw refused(file, "damage (" + problem.getMessage() + ")", problem);
    }
  }

  private static InputException refused(Path file, String received, @Nullable Exception cause) {
    return InputException.of(
        file.toString(),
        EXPECTED + " of at most " + MAX_SIDE + " pixels a side",
        received,
        "Save it again as PNG, or remove it",
        cause);
  }

  private static ImagePixels of(BufferedImage image) {
    int height = image.getHeight();
    int width = image.getWidth();
    // Java takes gray levels for linear light and would change them.
    boolean gray = image.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_GRAY;
    double most = (1 << image.getColorModel().getComponentSize(0)) - 1;
    int channels = gray ? 1 : COLOURS;
    byte[] values = new byte[height * width * channels];
    int[] row = new int[width];
    for (int i = 0; i < height * width; i++) {
      int x = i % width;
      if (x == 0) {
        image.getRGB(0, i / width, width, 1, row, 0, width);
      }
      float opaque = (row[x] >>> 24) / (float) WHITE;
      for (int c = 0; c < channels; c++) {
        double level =
            gray
                ? image.getRaster().getSample(x, i / width, 0) * WHITE / most
                : row[x] >> (16 - 8 * c) & WHITE;
        values[i * channels + c] = (byte) Math.round(WHITE + (level - WHITE) * opaque);
      }
    }
    ImagePixels read = new ImagePixels(height, width, channels, values);
    return gray || !read.isGray() ? read : read.inGray();
  }

  private boolean isGray() {
    for (int i = 0; i < values.length; i += COLOURS) {
      if (values[i] != values[i + 1] || values[i] != values[i + 2]) {
        return false;
      }
    }
    return true;
  }

  private ImagePixels inGray() {
    byte[] result = new byte[height * width];
    write(1, result, 0);
    return new ImagePixels(height, width, 1, result);
  }

  /** Returns the image in another size: each pixel is the mean over its area. */
  public ImagePixels resized(int toHeight, int toWidth) {
    if (toHeight == height && toWidth == width) {
      return this;
    }
    byte[] result = new byte[toHeight * toWidth * channels];
    double tall = height / (double) toHeight;
    double wide = width / (double) toWidth;
    for (int row = 0; row < toHeight; row++) {
      for (int column = 0; column < toWidth; column++) {
        for (int c = 0; c < channels; c++) {
          double mean = mean(row * tall, column * wide, tall, wide, c);
          result[(row * toWidth + column) * channels + c] = (byte) Math.round(mean);
        }
      }
    }
    return new ImagePixels(toHeight, toWidth, channels, result);
  }

  private double mean(double top, double left, double tall, double wide, int channel) {
    double sum = 0;
    for (int row = (int) top; row < Math.min(height, top + tall); row++) {
      double high = Math.min(row + 1, top + tall) - Math.max(row, top);
      for (int column = (int) left; column < Math.min(width, left + wide); column++) {
        double broad = Math.min(column + 1, left + wide) - Math.max(column, left);
        sum += level(row * width + column, channel) * high * broad;
      }
    }
    return sum / (tall * wide);
  }

  private int level(int pixel, int channel) {
    return values[pixel * channels + (channels == 1 ? 0 : channel)] & WHITE;
  }

  /**
   * Writes the pixels as bytes.
   *
   * @param wanted channels: 1 for gray levels, 3 for colours
   */
  public void write(int wanted, byte[] target, int from) {
    for (int i = 0; i < height * width; i++) {
      if (wanted == 1 && channels == COLOURS) {
        double gray = 0.299 * level(i, 0) + 0.587 * level(i, 1) + 0.114 * level(i, 2); // BT.601
        target[from + i] = (byte) Math.round(gray);
      } else {
        for (int c = 0; c < wanted; c++) {
          target[from + i * wanted + c] = (byte) level(i, c);
        }
      }
    }
  }
}
