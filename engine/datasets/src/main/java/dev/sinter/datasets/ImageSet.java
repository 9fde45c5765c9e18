package dev.sinter.datasets;

import dev.sinter.data.Dataset;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Images with the names of their classes. Immutable: any number of threads may use it.
 *
 * <p>Samples are uint8 [N, height, width, channels], scaled to 0 to 1; labels are indices of
 * classes.
 *
 * @param train the images to train on, or all
 * @param test the images to test on; null if the files do not part them
 * @param classes the names, in the order of their indices
 * @param note one line: the origin of the images
 */
public record ImageSet(Dataset train, @Nullable Dataset test, List<String> classes, String note) {
  /** The size of an image: gray has 1 channel, colours have 3. */
  public record Size(int height, int width) {}

  public ImageSet {
    classes = List.copyOf(classes);
  }

  /**
   * Reads a folder that has a folder of PNG or JPEG images for each class, in the order of their
   * names. Images are gray if all are; hidden files are left out.
   *
   * @param size that images are resized to, by means over areas; null if they must agree
   * @throws dev.sinter.errors.InputException for a folder without classes, for a class without
   *     images or with folders, for a file that is no image, and for an image of another size, by
   *     name
   */
  public static ImageSet ofFolders(Path folder, @Nullable Size size) {
    return new ImageFolder(folder, size, 0).read();
  }

  /**
   * Reads such a folder in gray or in colours, whatever its images are.
   *
   * @param channels 1 for gray levels, 3 for colours
   */
  public static ImageSet ofFolders(Path folder, @Nullable Size size, int channels) {
    return new ImageFolder(folder, size, channels).read();
  }

  /**
   * Reads IDX files by their published names: those of MNIST and Fashion-MNIST, and of EMNIST,
   * whose images are stored transposed and are turned upright here.
   *
   * @param folder that holds them; of several sets in one folder, the folder and the start of the
   *     names, as in {@code emnist/emnist-letters}
   * @throws dev.sinter.errors.InputException for missing or damaged files, and several sets
   */
  public static ImageSet ofIdx(Path folder) {
    return IdxFolder.find(folder).read();
  }

  /** Returns whether a place holds IDX files that {@link #ofIdx} may read. */
  public static boolean isIdx(Path folder) {
    return IdxFolder.isThere(folder);
  }
}
