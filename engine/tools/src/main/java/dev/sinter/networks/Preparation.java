package dev.sinter.networks;

import dev.sinter.compile.Features;
import dev.sinter.data.Dataset;
import dev.sinter.data.ImageLayout;
import dev.sinter.data.Tensor;
import dev.sinter.datasets.ImagePixels;
import dev.sinter.datasets.ImageSet;
import dev.sinter.errors.InputException;
import dev.sinter.tables.Table;
import dev.sinter.tables.TableCoding;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** How a user's files become samples of a network, as its training has fixed it. */
public sealed interface Preparation {
  /** Returns the shape of a sample. */
  Features input();

  /** Returns the names of the classes; empty if a number is predicted. */
  List<String> classes();

  /** Returns how a sample forms a gray image; null if it does not. */
  ImageLayout layout();

  /** Reads samples without labels from a file. */
  Dataset read(Path file);

  /** Reads samples with labels, of the classes of the training. */
  Dataset labelled(Path data);

  /**
   * Rows of tables.
   *
   * @param heading whether the first line of a table is its heading; null to find out
   * @param decimalComma whether the numbers of the training had a decimal comma
   */
  record OfTable(TableCoding coding, Boolean heading, boolean decimalComma) implements Preparation {
    @Override
    public Features input() {
      return Features.of(coding.features().size());
    }

    @Override
    public List<String> classes() {
      return coding.label().isClass() ? coding.classes() : List.of();
    }

    @Override
    public ImageLayout layout() {
      return null;
    }

    @Override
    public Dataset read(Path file) {
      return coding.inputs(Table.read(file, heading, decimalComma));
    }

    @Override
    public Dataset labelled(Path data) {
      return coding.samples(Table.read(data, heading, decimalComma));
    }
  }

  /**
   * Images, uint8 [N, height, width, channels], scaled to 0 to 1.
   *
   * @param channels 1 for gray levels, 3 for colours
   * @param resized whether images of other sizes are resized; else they are refused
   */
  record OfImages(int height, int width, int channels, boolean resized, List<String> classes)
      implements Preparation {
    public OfImages {
      classes = List.copyOf(classes);
    }

    @Override
    public Features input() {
      return Features.of(height, width, channels);
    }

    @Override
    public ImageLayout layout() {
      return channels == 1 ? ImageLayout.byRows(height, width) : null;
    }

    @Override
    public Dataset read(Path file) {
      ImagePixels read = ImagePixels.read(file);
      ImagePixels image = resized ? read.resized(height, width) : read;
      if (image.height() != height || image.width() != width) {
        throw InputException.of(
            file.toString(),
            height + " x " + width + " pixels, as in training",
            image.height() + " x " + image.width(),
            "Resize the image");
      }
      byte[] pixels = new byte[height * width * channels];
      image.write(channels, pixels, 0);
      return Dataset.of(Tensor.ofBytes(pixels, 1, height, width, channels)).scale(1 / 255f);
    }

    @Override
    public Dataset labelled(Path data) {
      ImageSet.Size size = resized ? new ImageSet.Size(height, width) : null;
      ImageSet images =
          ImageSet.isIdx(data) ? ImageSet.ofIdx(data) : ImageSet.ofFolders(data, size, channels);
      Dataset samples = images.test() == null ? images.train() : images.test();
      int[] shape = {height, width, channels};
      if (!Arrays.equals(samples.featureShape(), shape)) {
        throw InputException.of(
            data.toString(),
            "images of height, width and channels as in training, " + Arrays.toString(shape),
            Arrays.toString(samples.featureShape()),
            "Convert the images");
      }
      List<String> unknown =
          images.classes().stream().filter(name -> !classes.contains(name)).toList();
      if (!unknown.isEmpty()) {
        throw InputException.of(
            data.toString(),
            "classes of the training: " + String.join(", ", classes),
            String.join(", ", unknown),
            "Rename the folders, or leave them out");
      }
      float[] labels = samples.y().toFloats();
      for (int i = 0; i < labels.length; i++) {
        labels[i] = classes.indexOf(images.classes().get((int) labels[i]));
      }
      return Dataset.of(samples.source(), Tensor.of(labels)).like(samples);
    }
  }
}
