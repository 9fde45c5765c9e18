package dev.sinter.datasets;

import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.io.FileInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads a folder with a folder of images for each class; see {@link ImageSet#ofFolders}.
 *
 * @param size null if the images must agree
 * @param channels 1 for gray levels, 3 for colours; 0 to find out
 */
record ImageFolder(Path folder, ImageSet.@Nullable Size size, int channels) {
  private static final String EXPECTED = "a folder with a folder of images for each class";

  ImageSet read() {
    List<Path> classes = list(folder, Files::isDirectory);
    if (classes.size() < 2) {
      throw InputException.of(
          folder.toString(),
          EXPECTED,
          classes.size() + " folders",
          "Make a folder for each class, named as the class");
    }
    List<ImagePixels> images = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    Path first = null;
    for (int label = 0; label < classes.size(); label++) {
      for (Path file : images(classes.get(label))) {
        ImagePixels image = ImagePixels.read(file);
        if (size != null) {
          image = image.resized(size.height(), size.width());
        } else if (first != null) {
          requireSize(file, image, first, images.get(0));
        }
        first = first == null ? file : first;
        images.add(image);
        labels.add(label);
      }
    }
    Dataset samples =
        Dataset.of(
            pixels(images), Tensor.of(labels.stream().mapToInt(Integer::intValue).toArray()));
    return new ImageSet(
        samples.scale(1 / 255f),
        null,
        classes.stream().map(path -> path.getFileName().toString()).toList(),
        "%d images of %d classes from %s".formatted(images.size(), classes.size(), folder));
  }

  /** Returns the images of a class: what lies deeper would be left out without a word. */
  private static List<Path> images(Path of) {
    List<Path> files = list(of, path -> true);
    Path deeper = files.stream().filter(Files::isDirectory).findFirst().orElse(null);
    if (files.isEmpty() || deeper != null) {
      throw InputException.of(
          of.toString(),
          "a folder of images, for a class of this name",
          deeper == null ? "no image" : "the folder " + deeper.getFileName() + " in it",
          "Put images of the class right there, or move the folder away");
    }
    return files;
  }

  private static void requireSize(Path file, ImagePixels image, Path first, ImagePixels other) {
    if (image.height() != other.height() || image.width() != other.width()) {
      throw InputException.of(
          file.toString(),
          "%d x %d pixels, as in %s".formatted(other.height(), other.width(), first),
          image.height() + " x " + image.width(),
          "Give the size that all images are to have, or make them agree");
    }
  }

  private Tensor pixels(List<ImagePixels> images) {
    int found = images.stream().mapToInt(ImagePixels::channels).max().orElse(1);
    int channels = this.channels == 0 ? found : this.channels;
    int height = images.get(0).height();
    int width = images.get(0).width();
    long count = (long) images.size() * height * width * channels;
    if (count > FileInput.MAX_ELEMENTS) {
      throw InputException.of(
          folder.toString(),
          "at most " + FileInput.MAX_ELEMENTS + " bytes of pixels",
          count,
          "Give a smaller size for the images");
    }
    byte[] pixels = new byte[(int) count];
    int bytes = height * width * channels;
    for (int i = 0; i < images.size(); i++) {
      images.get(i).write(channels, pixels, i * bytes);
    }
    return Tensor.ofBytes(pixels, images.size(), height, width, channels);
  }

  private static List<Path> list(Path folder, Predicate<Path> wanted) {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> !file.getFileName().toString().startsWith("."))
          .filter(wanted)
          .sorted()
          .toList();
    } catch (IOException problem) {
      throw FileInput.unreadable(folder, EXPECTED, problem);
    }
  }
}
