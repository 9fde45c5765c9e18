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
 * @param values red, green and blue, by rows: [height, width, 3]
 */
public record ImagePixels(int height, int width, float[] values) {
  private static final String EXPECTED = "a PNG or JPEG image";
  private static final int MAX_SIDE = 8192; // decoded, such an image takes 256 MB
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
    int[] colours = image.getRGB(0, 0, width, height, null, 0, width);
    // Java takes gray levels for linear light and would change them.
    boolean gray = image.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_GRAY;
    double most = (1 << image.getColorModel().getComponentSize(0)) - 1;
    float[] values = new float[colours.length * COLOURS];
    for (int i = 0; i < colours.length; i++) {
      float opaque = (colours[i] >>> 24) / (float) WHITE;
      for (int c = 0; c < COLOURS; c++) {
        double level =
            gray
                ? image.getRaster().getSample(i % width, i / width, 0) * WHITE / most
                : colours[i] >> (16 - 8 * c) & WHITE;
        values[i * COLOURS + c] = (float) (WHITE + (level - WHITE) * opaque);
      }
    }
    return new ImagePixels(height, width, values);
  }

  /** Returns whether red, green and blue are the same everywhere. */
  public boolean isGray() {
    for (int i = 0; i < values.length; i += COLOURS) {
      if (values[i] != values[i + 1] || values[i] != values[i + 2]) {
        return false;
      }
    }
    return true;
  }

  /** Returns the image in another size: each pixel is the mean over its area. */
  public ImagePixels resized(int toHeight, int toWidth) {
    if (toHeight == height && toWidth == width) {
      return this;
    }
    float[] result = new float[toHeight * toWidth * COLOURS];
    double tall = height / (double) toHeight;
    double wide = width / (double) toWidth;
    for (int row = 0; row < toHeight; row++) {
      for (int column = 0; column < toWidth; column++) {
        for (int c = 0; c < COLOURS; c++) {
          result[(row * toWidth + column) * COLOURS + c] =
              mean(row * tall, column * wide, tall, wide, c);
        }
      }
    }
    return new ImagePixels(toHeight, toWidth, result);
  }

  private float mean(double top, double left, double tall, double wide, int colour) {
    double sum = 0;
    for (int row = (int) top; row < Math.min(height, top + tall); row++) {
      double high = Math.min(row + 1, top + tall) - Math.max(row, top);
      for (int column = (int) left; column < Math.min(width, left + wide); column++) {
        double broad = Math.min(column + 1, left + wide) - Math.max(column, left);
        sum += values[(row * width + column) * COLOURS + colour] * high * broad;
      }
    }
    return (float) (sum / (tall * wide));
  }

  /**
   * Writes the pixels as bytes.
   *
   * @param channels 1 for gray levels, 3 for colours
   */
  public void write(int channels, byte[] target, int from) {
    for (int i = 0; i < height * width; i++) {
      float red = values[i * COLOURS];
      float green = values[i * COLOURS + 1];
      float blue = values[i * COLOURS + 2];
      if (channels == 1) {
        boolean gray = red == green && red == blue;
        double level = gray ? red : 0.299 * red + 0.587 * green + 0.114 * blue; // ITU-R BT.601
        target[from + i] = (byte) Math.round(level);
      } else {
        target[from + i * COLOURS] = (byte) Math.round(red);
        target[from + i * COLOURS + 1] = (byte) Math.round(green);
        target[from + i * COLOURS + 2] = (byte) Math.round(blue);
      }
    }
  }
}
