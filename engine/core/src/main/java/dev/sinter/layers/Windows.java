package dev.sinter.layers;

import dev.sinter.compile.Features;
import dev.sinter.errors.InputException;
import dev.sinter.program.Window;
import java.util.List;

/**
 * The windows of a layer over images of any size.
 *
 * @param what the layer's class and the name of its size, for messages
 * @param size rows and columns of a window
 * @param strides rows and columns from one window to the next
 */
record Windows(String what, List<Integer> size, List<Integer> strides, Padding padding) {
  /** Returns two lengths that are checked. */
  static List<Integer> pair(String what, List<Integer> lengths) {
    List<Integer> pair = List.copyOf(lengths);
    if (pair.size() != 2 || pair.stream().anyMatch(length -> length < 1)) {
      throw InputException.of(what, "two lengths of at least 1", pair, "Correct the layer");
    }
    return pair;
  }

  /** Returns the windows over the images that a layer gets. */
  Window over(String layer, Features image) {
    List<Integer> lengths = image(layer, image);
    int height = lengths.get(0);
    int width = lengths.get(1);
    int channels = lengths.get(2);
    if (padding == Padding.SAME) {
      return Window.same(
          height, width, channels, size.get(0), size.get(1), strides.get(0), strides.get(1));
    }
    if (size.get(0) > height || size.get(1) > width) {
      throw InputException.of(
          "layer " + layer,
          "images of at least %s x %s, its %s".formatted(size.get(0), size.get(1), what),
          "%s x %s".formatted(height, width),
          "Use smaller windows, padding same or fewer layers before it");
    }
    return Window.valid(
        height, width, channels, size.get(0), size.get(1), strides.get(0), strides.get(1));
  }

  /** Returns height, width and channels. */
  static List<Integer> image(String layer, Features image) {
    if (image.dimensions().size() != 3) {
      throw InputException.of(
          "layer " + layer,
          "images [height, width, channels]",
          image.isVector() ? "vectors of " + image.size() : "samples of shape " + image,
          help(image));
    }
    return image.dimensions();
  }

  private static String help(Features received) {
    List<Integer> lengths = received.dimensions();
    if (lengths.size() == 2) {
      return "Put Input(%s, %s, 1) first".formatted(lengths.get(0), lengths.get(1));
    }
    int side = (int) Math.round(Math.sqrt(received.size()));
    return side * side == received.size()
        ? "Put Reshape(%1$s, %1$s, 1) before it".formatted(side)
        : "Put Reshape(height, width, channels) before it";
  }
}
