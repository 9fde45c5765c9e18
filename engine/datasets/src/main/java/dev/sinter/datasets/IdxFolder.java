package dev.sinter.datasets;

import dev.sinter.data.Dataset;
import dev.sinter.data.Idx;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The four files of one set of images in a folder: {@code train-images-idx3-ubyte}, {@code
 * t10k-labels-idx1-ubyte}, ... of MNIST and Fashion-MNIST, {@code emnist-letters-train-images-...}
 * of EMNIST; plain or .gz.
 *
 * @param set the start of the names, as in {@code emnist-letters}; empty for none
 * @param files by part and content, as in "train images"
 */
record IdxFolder(Path folder, String set, Map<String, Path> files) {
  private static final Pattern NAME =
      Pattern.compile("(?:(.+)-)?(train|t10k|test)-(images|labels)[-.]idx[13]-ubyte(\\.gz)?");
  private static final List<String> WANTED =
      List.of("train images", "train labels", "test images", "test labels");

  /** The classes of Fashion-MNIST, whose files have the names of MNIST's. */
  private static final List<String> FASHION =
      List.of(
          "T-shirt/top",
          "Trouser",
          "Pullover",
          "Dress",
          "Coat",
          "Sandal",
          "Shirt",
          "Sneaker",
          "Bag",
          "Ankle boot");

  private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

  /** EMNIST's balanced and bymerge sets join small letters that look like capital ones. */
  private static final String MERGED = "0123456789" + LETTERS + "abdefghnqrt";

  private static final String BY_CLASS = "0123456789" + LETTERS + LETTERS.toLowerCase(Locale.ROOT);

  private static final String EMNIST = "emnist";

  /** The folder that torchvision puts files into, as in FashionMNIST/raw. */
  private static final String RAW = "raw";

  static boolean isThere(Path place) {
    return !sets(place).isEmpty();
  }

  static IdxFolder find(Path place) {
    Map<String, Map<String, Path>> sets = sets(place);
    if (sets.size() != 1) {
      throw InputException.of(
          place.toString(),
          "one set of IDX files",
          sets.isEmpty() ? "none" : String.join(", ", sets.keySet()),
          "Name the folder and the start of the names, as in "
              + place.resolve(sets.isEmpty() ? "emnist-letters" : sets.keySet().iterator().next()));
    }
    Map.Entry<String, Map<String, Path>> only = sets.entrySet().iterator().next();
    Path folder = Files.isDirectory(place) ? place : place.toAbsolutePath().getParent();
    return new IdxFolder(folder, only.getKey(), only.getValue());
  }

  /** Returns the files by the start of their names. */
  private static Map<String, Map<String, Path>> sets(Path place) {
    boolean whole = Files.isDirectory(place);
    Path folder = whole ? place : place.toAbsolutePath().getParent();
    Map<String, Map<String, Path>> sets = new TreeMap<>();
    if (folder == null || !Files.isDirectory(folder)) {
      return sets;
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        Matcher name = NAME.matcher(file.getFileName().toString());
        String set = name.matches() && name.group(1) != null ? name.group(1) : "";
        if (name.matches() && (whole || set.equals(place.getFileName().toString()))) {
          String part = name.group(2).equals("train") ? "train" : "test";
          sets.computeIfAbsent(set, each -> new TreeMap<>()).put(part + " " + name.group(3), file);
        }
      }
    } catch (IOException unreadable) {
      return Map.of();
    }
    return sets;
  }

  ImageSet read() {
    for (String wanted : WANTED) {
      if (!files.containsKey(wanted)) {
        throw InputException.of(
            folder.toString(),
            "IDX files of " + String.join(", ", WANTED),
            "none of " + wanted,
            "Put the missing file there");
      }
    }
    List<String> classes = classes();
    Dataset train = part("train", classes.size());
    Dataset test = part("test", classes.size());
    if (train.source().rowSize() != test.source().rowSize()) {
      throw InputException.of(
          folder.toString(),
          "test images of the size of the training images",
          test.source() + " beside " + train.source(),
          "Use files that belong together");
    }
    String note = (set.isEmpty() ? "images" : set) + " from " + folder;
    return new ImageSet(train, test.like(train), classes, note);
  }

  private Dataset part(String part, int classes) {
    Path imageFile = file(part + " images");
    Tensor images = Idx.read(imageFile);
    Tensor labels = Idx.read(file(part + " labels"));
    if (images.rank() != 3 || labels.rank() != 1 || images.dimension(0) != labels.dimension(0)) {
      throw InputException.of(
          imageFile.toString(),
          "images [N, rows, columns] beside labels [N]",
          images + " and " + labels,
          "The files may be swapped: use files that belong together");
    }
    int first = set.endsWith("letters") ? 1 : 0; // EMNIST's letters count from 1
    float[] indices = new float[labels.size()];
    for (int i = 0; i < indices.length; i++) {
      indices[i] = labels.get(i) - first;
      if (indices[i] < 0 || indices[i] >= classes) {
        throw InputException.of(
            file(part + " labels") + ", label " + i,
            "%d to %d".formatted(first, classes - 1 + first),
            (int) labels.get(i),
            "Use files that belong together");
      }
    }
    Tensor upright = set.startsWith(EMNIST) ? transposed(images) : images;
    Tensor pixels = upright.reshape(images.dimension(0), upright.dimension(1), -1, 1);
    return Dataset.of(pixels, Tensor.of(indices)).scale(1 / 255f);
  }

  private Path file(String key) {
    return Objects.requireNonNull(files.get(key), "checked by read");
  }

  /** Exchanges rows and columns of each image [rows, columns]. */
  static Tensor transposed(Tensor images) {
    int rows = images.dimension(1);
    int columns = images.dimension(2);
    byte[] from = images.bytes();
    byte[] to = new byte[from.length];
    for (int i = 0; i < from.length; i++) {
      int image = i / (rows * columns);
      int row = i / columns % rows;
      int column = i % columns;
      to[image * rows * columns + column * rows + row] = from[i];
    }
    return Tensor.ofBytes(to, images.dimension(0), columns, rows);
  }

  private List<String> classes() {
    if (set.startsWith(EMNIST)) {
      String kind = set.substring(set.lastIndexOf('-') + 1);
      return switch (kind) {
        case "letters" -> names(LETTERS);
        case "balanced", "bymerge" -> names(MERGED);
        case "byclass" -> names(BY_CLASS);
        default -> names("0123456789");
      };
    }
    return isFashion() ? FASHION : names("0123456789");
  }

  /** Returns whether the files or their folder are called so; "raw" is a part of the folder's. */
  private boolean isFashion() {
    Path last = folder.toAbsolutePath().normalize();
    if (last.endsWith(RAW) && last.getParent() != null) {
      last = last.getParent();
    }
    String name = set + " " + last.getFileName();
    return name.toLowerCase(Locale.ROOT).contains("fashion");
  }

  private static List<String> names(String letters) {
    List<String> names = new ArrayList<>();
    IntStream.range(0, letters.length()).forEach(i -> names.add(letters.substring(i, i + 1)));
    return Collections.unmodifiableList(names);
  }
}
