package dev.sinter.cli;

import dev.sinter.dashboard.DrawnDigit;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.io.FileInput;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.FileImageInputStream;
import javax.imageio.stream.ImageInputStream;

/**
 * Reads a digit from a PNG file into an image like those of MNIST, uint8 [1, 28, 28], light ink on
 * black.
 *
 * <p>A bright edge means dark ink on paper, which is inverted. Transparent parts become paper, dark
 * or bright, so that the ink stands out. An image of 28 x 28 pixels is then taken as it is. Any
 * other is prepared as MNIST was: the edge's level becomes black, the darkest ink white; the
 * bounding box of the ink is scaled into 20 x 20 pixels, and its centre of mass moved to the
 * middle.
 */
final class PngDigit {
  private static final String EXPECTED = "a PNG image";
  private static final int SIDE = DrawnDigit.SIDE;
  private static final int BOX = DrawnDigit.BOX;

  /** The largest side; decoded, such an image takes at most 32 MB. */
  private static final int MAX_SIDE = 2048;

  private static final double WHITE = 255;
  private static final double MIDDLE = WHITE / 2;

  /** The least difference between ink and paper, and the level below which a pixel is paper. */
  private static final double FAINT = 26;

  private final Path file;
  private final int width;
  private final int height;
  private final double[] levels; // row by row, 0 to 255, ink is light

  private PngDigit(Path file, BufferedImage image) {
    this.file = file;
    this.width = image.getWidth();
    this.height = image.getHeight();
    this.levels = grey(image);
    if (edge() > MIDDLE) {
      Arrays.setAll(levels, i -> WHITE - levels[i]);
    }
  }

  static Tensor read(Path file) {
    FileInput.requireFile(file, EXPECTED);
    PngDigit digit = new PngDigit(file, decode(file));
    byte[] image =
        digit.width == SIDE && digit.height == SIDE
            ? digit.asItIs()
            : DrawnDigit.centred(digit.box());
    return Tensor.ofBytes(image, 1, SIDE, SIDE);
  }

  /** Decodes the image after a look at its declared size; text in the file is skipped. */
  private static BufferedImage decode(Path file) {
    ImageReader reader = ImageIO.getImageReadersByFormatName("png").next();
    try (ImageInputStream in = new FileImageInputStream(file.toFile())) {
      reader.setInput(in, true, true);
      int width = reader.getWidth(0);
      int height = reader.getHeight(0);
      if (width > MAX_SIDE || height > MAX_SIDE) {
        throw InputException.of(
            file.toString(),
            "an image of at most " + MAX_SIDE + " x " + MAX_SIDE + " pixels",
            width + " x " + height,
            "Scale it down to about 28 x 28");
      }
      return reader.read(0);
    } catch (InputException tooLarge) {
      throw tooLarge;
    } catch (IOException | RuntimeException problem) { // the reader checks little of what it reads
      throw InputException.of(
          file.toString(),
          EXPECTED,
          "something else, or damage ("
              + Names.printable(String.valueOf(problem.getMessage()))
              + ")",
          "Save it again as PNG",
          problem);
    } finally {
      reader.dispose();
    }
  }

  /** Returns the grey levels, transparent parts filled with the opposite of the ink. */
  private static double[] grey(BufferedImage image) {
    int[] colours =
        image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    double[] grey = isGrey(image) ? samples(image) : new double[colours.length];
    double inked = 0;
    double opaque = 0;
    for (int i = 0; i < grey.length; i++) {
      if (!isGrey(image)) {
        int red = colours[i] >> 16 & 0xFF;
        int green = colours[i] >> 8 & 0xFF;
        grey[i] = 0.299 * red + 0.587 * green + 0.114 * (colours[i] & 0xFF); // ITU-R BT.601
      }
      opaque += colours[i] >>> 24;
      inked += grey[i] * (colours[i] >>> 24);
    }
    double paper = opaque > 0 && inked / opaque > MIDDLE ? 0 : WHITE;
    Arrays.setAll(grey, i -> paper + (grey[i] - paper) * (colours[i] >>> 24) / WHITE);
    return grey;
  }

  private static boolean isGrey(BufferedImage image) {
    return image.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_GRAY;
  }

  /** Returns the levels as they are in the file; Java would take them for linear light. */
  private static double[] samples(BufferedImage image) {
    double most = (1 << image.getColorModel().getComponentSize(0)) - 1;
    double[] levels =
        image.getRaster().getSamples(0, 0, image.getWidth(), image.getHeight(), 0, (double[]) null);
    Arrays.setAll(levels, i -> levels[i] * WHITE / most);
    return levels;
  }

  /** Returns the median level of the outermost pixels. */
  private double edge() {
    double[] edge = new double[2 * (width + height)];
    int count = 0;
    for (int column = 0; column < width; column++) {
      edge[count++] = levels[column];
      edge[count++] = levels[(height - 1) * width + column];
    }
    for (int row = 0; row < height; row++) {
      edge[count++] = levels[row * width];
      edge[count++] = levels[row * width + width - 1];
    }
    Arrays.sort(edge);
    return edge[count / 2];
  }

  private byte[] asItIs() {
    byte[] image = new byte[levels.length];
    for (int i = 0; i < image.length; i++) {
      image[i] = (byte) Math.round(levels[i]);
    }
    return image;
  }

  /** Scales the ink's bounding box into a box of 20 x 20 pixels, by the mean over areas. */
  private int[] box() {
    double paper = edge();
    double ink = Arrays.stream(levels).max().orElse(paper);
    if (ink - paper < FAINT) {
      throw InputException.of(
          file.toString(),
          "a digit, dark on bright or bright on dark",
          "an image of about one colour",
          "Use an image in which the digit stands out");
    }
    int top = height;
    int bottom = 0;
    int left = width;
    int right = 0;
    for (int i = 0; i < levels.length; i++) {
      levels[i] = Math.max(0, levels[i] - paper) * WHITE / (ink - paper);
      if (levels[i] < FAINT) {
        levels[i] = 0;
        continue;
      }
      top = Math.min(top, i / width);
      bottom = Math.max(bottom, i / width + 1);
      left = Math.min(left, i % width);
      right = Math.max(right, i % width + 1);
    }
    double pixel = Math.max(bottom - top, right - left) / (double) BOX;
    int[] box = new int[BOX * BOX];
    for (int row = 0; row < BOX; row++) {
      for (int column = 0; column < BOX; column++) {
        double mean = mean(top + row * pixel, left + column * pixel, pixel);
        box[row * BOX + column] = (int) Math.round(mean);
      }
    }
    return box;
  }

  /** Returns the mean level of a square; what is outside of the image is paper. */
  private double mean(double top, double left, double side) {
    double sum = 0;
    int lastRow = (int) Math.min(height - 1, Math.ceil(top + side) - 1);
    int lastColumn = (int) Math.min(width - 1, Math.ceil(left + side) - 1);
    for (int row = (int) top; row <= lastRow; row++) {
      double tall = Math.min(row + 1, top + side) - Math.max(row, top);
      for (int column = (int) left; column <= lastColumn; column++) {
        double wide = Math.min(column + 1, left + side) - Math.max(column, left);
        sum += levels[row * width + column] * Math.max(0, tall) * Math.max(0, wide);
      }
    }
    return sum / (side * side);
  }
}
