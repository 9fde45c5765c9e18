package dev.sinter.datasets;

import dev.sinter.data.Dataset;
import dev.sinter.data.Idx;
import dev.sinter.data.Npz;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The four files of MNIST: their names, their digests, and how to read them from a folder or
 * archive.
 *
 * @param trainImages [60000, 28, 28]
 * @param trainLabels [60000]
 * @param testImages [10000, 28, 28]
 * @param testLabels [10000]
 */
record MnistFiles(
    RemoteFile trainImages, RemoteFile trainLabels, RemoteFile testImages, RemoteFile testLabels) {
  static MnistFiles published() {
    return new MnistFiles(
        new RemoteFile(
            "train-images-idx3-ubyte",
            47040016,
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
        new RemoteFile(
            "train-labels-idx1-ubyte",
            60008,
            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
        new RemoteFile(
            "t10k-images-idx3-ubyte",
            7840016,
            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
        new RemoteFile(
            "t10k-labels-idx1-ubyte",
            10008,
            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"));
  }

  /** Returns all files, small ones first, so that a mirror with damaged files costs little time. */
  List<RemoteFile> all() {
    return List.of(testLabels, trainLabels, testImages, trainImages);
  }

  /** Returns the path of a file in a folder, compressed or plain, or null. */
  static @Nullable Path find(Path folder, RemoteFile file) {
    for (String name : new String[] {file.zippedName(), file.name()}) {
      Path path = folder.resolve(name);
      if (Files.exists(path)) {
        return path;
      }
    }
    return null;
  }

  /** Returns the path of a file of a complete folder; if the file is gone, reading it says so. */
  private static Path path(Path folder, RemoteFile file) {
    Path found = find(folder, file);
    return found == null ? folder.resolve(file.name()) : found;
  }

  /** Returns the names of the files missing in a folder, without ".gz". */
  List<String> missing(Path folder) {
    return all().stream().filter(f -> find(folder, f) == null).map(RemoteFile::name).toList();
  }

  /** Reads a complete folder, whatever digits it holds. */
  Mnist read(Path folder, String note) {
    return read(folder.toString(), note, (file, digest) -> Idx.read(path(folder, file)));
  }

  /**
   * Reads a complete folder that must hold MNIST.
   *
   * @throws InputException if a file is damaged or is not MNIST
   */
  Mnist readVerified(Path folder, String note) {
    return read(
        folder.toString(),
        note,
        (file, digest) -> {
          Path path = path(folder, file);
          Tensor tensor = Idx.read(path, digest);
          requireDigest(path.toString(), file, digest);
          return tensor;
        });
  }

  /**
   * Reads Keras's archive, which must hold MNIST: x_train, y_train, x_test, y_test.
   *
   * @throws InputException if it is damaged or is not MNIST
   */
  Mnist readKeras(Path archive, String note) {
    Map<String, Tensor> arrays = Npz.read(archive);
    Map<RemoteFile, String> names =
        Map.of(
            trainImages, "x_train",
            trainLabels, "y_train",
            testImages, "x_test",
            testLabels, "y_test");
    return read(
        archive.toString(),
        note,
        (file, digest) -> {
          String where = archive + ", entry " + names.get(file);
          Tensor tensor = arrays.get(names.get(file));
          if (tensor == null || tensor.type() != Tensor.Type.UINT8) {
            throw InputException.of(where, "a uint8 array", tensor, "Remove the file");
          }
          digest.update(Idx.header(tensor));
          digest.update(tensor.bytes());
          requireDigest(where, file, digest);
          return tensor;
        });
  }

  private static void requireDigest(String where, RemoteFile file, MessageDigest digest) {
    if (!file.isDigest(digest)) {
      throw InputException.of(
          where, "MNIST's SHA-256 " + file.sha256(), "a different one", "Remove the file");
    }
  }

  private Mnist read(
      String where, String note, BiFunction<RemoteFile, MessageDigest, Tensor> reader) {
    // In parallel: reading the large file hides the time of the others.
    Map<RemoteFile, Tensor> tensors =
        all().parallelStream()
            .collect(
                Collectors.toMap(file -> file, file -> reader.apply(file, RemoteFile.newDigest())));
    Dataset train =
        set(where + ", training set", tensor(tensors, trainImages), tensor(tensors, trainLabels));
    Dataset test =
        set(where + ", test set", tensor(tensors, testImages), tensor(tensors, testLabels));
    if (!Arrays.equals(train.featureShape(), test.featureShape())) {
      throw InputException.of(
          where,
          "test images of " + Arrays.toString(train.featureShape()) + ", as in training",
          Arrays.toString(test.featureShape()),
          "Use files that belong together");
    }
    return Mnist.found(train, test, note);
  }

  private static Tensor tensor(Map<RemoteFile, Tensor> tensors, RemoteFile file) {
    return Objects.requireNonNull(tensors.get(file), "all files were read");
  }

  private static Dataset set(String where, Tensor images, Tensor labels) {
    if (images.rank() != 3 || labels.rank() != 1 || images.dimension(0) == 0) {
      throw InputException.of(
          where,
          "images [N, rows, columns] and labels [N], N at least 1",
          images + " and " + labels,
          "The files may be swapped or empty: get them again");
    }
    if (images.dimension(0) != labels.dimension(0)) {
      throw new InputException(
          "%s: expected %s labels, one per image, received %s. Use files that belong together."
              .formatted(where, images.dimension(0), labels.dimension(0)));
    }
    return Dataset.of(images, labels);
  }
}
