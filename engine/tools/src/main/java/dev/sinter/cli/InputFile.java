package dev.sinter.cli;

import dev.sinter.data.Dataset;
import dev.sinter.data.Idx;
import dev.sinter.data.Npy;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.recipes.Recipe;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/**
 * Reads files of samples without labels, and prepares them as the recipe of a model does: images
 * and other unsigned bytes are scaled like the recipe's; floating-point numbers are taken as they
 * are.
 *
 * @param recipe of the model, or null
 * @param features the input features of the model
 */
record InputFile(Recipe recipe, int features) {
  private static final int SIDE = 28;

  /** Reads a file whose kind its name says. */
  Dataset read(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    if (name.endsWith(".png")) {
      return ofBytes(file, PngDigit.read(file));
    }
    if (name.endsWith(".csv")) {
      return Dataset.of(CsvSamples.read(file, features));
    }
    if (name.endsWith(".npy")) {
      return ofArray(file, Npy.read(file));
    }
    if (name.endsWith(".gz") || name.endsWith("ubyte") || name.endsWith(".idx")) {
      Tensor images = Idx.read(file);
      if (images.rank() != 3) {
        throw InputException.of(
            file.toString(), "IDX images", "IDX labels", "Name the file of the images");
      }
      return ofBytes(file, nonEmpty(file, images));
    }
    throw InputException.of(
        file.toString(),
        "samples in a file whose name ends in .png, .npy, .csv, .idx, -ubyte or .gz",
        "\"" + name + "\"",
        "Name a file of such a kind");
  }

  private Dataset ofArray(Path file, Tensor array) {
    if (array.rank() < 2) {
      throw InputException.of(
          file.toString(),
          "samples [N, features] or images [N, 28, 28]",
          Arrays.toString(array.shape()),
          "Reshape the array");
    }
    nonEmpty(file, array);
    return array.type() == Tensor.Type.UINT8
        ? ofBytes(file, array)
        : fitting(file, array, Dataset.of(array).flatten());
  }

  /** Prepares unsigned bytes: images as the recipe does, else from 0 to 1. */
  private Dataset ofBytes(Path file, Tensor bytes) {
    boolean image = bytes.rank() == 3 && bytes.dimension(1) == SIDE && bytes.dimension(2) == SIDE;
    if (recipe != null && image) {
      return fitting(file, bytes, recipe.fromImages(bytes));
    }
    if (recipe != null && bytes.rowSize() == features && features == SIDE * SIDE) {
      Tensor images = bytes.reshape(bytes.dimension(0), SIDE, SIDE);
      return recipe.fromImages(images);
    }
    return fitting(file, bytes, Dataset.of(bytes).flatten().scale(1 / 255f));
  }

  private Dataset fitting(Path file, Tensor received, Dataset prepared) {
    int width = Arrays.stream(prepared.featureShape()).reduce(1, Math::multiplyExact);
    if (width != features) {
      throw InputException.of(
          file.toString(),
          "samples of " + features + " features, the input of the model",
          Arrays.toString(received.shape()),
          "Use samples that belong to the model");
    }
    return prepared;
  }

  private static Tensor nonEmpty(Path file, Tensor samples) {
    if (samples.size() == 0) {
      throw InputException.of(
          file.toString(),
          "at least one sample",
          Arrays.toString(samples.shape()),
          "Use a file with samples");
    }
    return samples;
  }
}
