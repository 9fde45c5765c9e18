package dev.sinter.formats;

import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.errors.RunException;
import dev.sinter.io.FileInput;
import io.jhdf.HdfFile;
import io.jhdf.WritableHdfFile;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import io.jhdf.api.WritableGroup;
import io.jhdf.exceptions.HdfException;
import java.io.IOException;
import java.lang.reflect.Array;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes HDF5 files by jHDF. A file is read as one from a stranger: links, filters and
 * sizes beyond the file are refused, and whatever jHDF does with damage becomes one sentence.
 */
final class Hdf5 {
  static final byte[] MAGIC = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1A, '\n'};

  private static final int MAX_DEPTH = 16;
  private static final int MAX_NODES = 20_000;

  /** Attributes above are kept elsewhere in a file, which jHDF does not write. */
  private static final int MAX_ATTRIBUTE_BYTES = 64_000;

  private Hdf5() {}

  /**
   * Reads a file that is in memory.
   *
   * @param where the file, for messages
   * @throws InputException for anything that is not an intact file of groups and numbers
   */
  static Hdf5Group read(String where, byte[] bytes) {
    if (bytes.length < MAGIC.length || !Arrays.equals(bytes, 0, 8, MAGIC, 0, 8)) {
      throw InputException.of(where, "an HDF5 file", "other data", "Name a file of Keras");
    }
    try (HdfFile file = HdfFile.fromBytes(bytes)) {
      return new Reader(where, bytes.length).group(file, 0);
    } catch (InputException refused) {
      throw refused;
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError damage) {
      String reason = String.valueOf(damage.getMessage());
      throw InputException.of(
          where,
          "an intact HDF5 file",
          "damage (" + reason.lines().findFirst().orElse("") + ")",
          "Get the file again, or save it again",
          damage instanceof RuntimeException ? damage : null);
    }
  }

  /** Walks a file, within limits. */
  private static final class Reader {
    private final String where;
    private final long fileBytes;
    private int nodes;
    private long numbersBytes; // of all arrays so far

    Reader(String where, long fileBytes) {
      this.where = where;
      this.fileBytes = fileBytes;
    }

    Hdf5Group group(Group source, int depth) {
      Hdf5Group group = new Hdf5Group();
      attributes(source, group);
      for (Map.Entry<String, Node> entry : source.getChildren().entrySet()) {
        Node node = entry.getValue();
        String place = where + ", " + entry.getKey();
        if (++nodes > MAX_NODES || depth >= MAX_DEPTH) {
          throw refused(place, "at most " + MAX_NODES + " nodes, " + MAX_DEPTH + " deep", "more");
        }
        if (node.isLink()) {
          throw refused(place, "groups and datasets", "a link to somewhere else");
        }
        if (node instanceof Group child) {
          group.groups().put(entry.getKey(), group(child, depth + 1));
        } else if (node instanceof Dataset dataset) {
          Tensor array = array(place, dataset);
          if (array != null) {
            group.arrays().put(entry.getKey(), array);
            if (dataset.isScalar()
                && dataset.getData() instanceof Number number
                && isWhole(number)) {
              group.integers().put(entry.getKey(), number.longValue());
            }
          }
        }
      }
      return group;
    }

    private void attributes(Group source, Hdf5Group group) {
      for (Map.Entry<String, Attribute> entry : source.getAttributes().entrySet()) {
        Attribute attribute = entry.getValue();
        if (attribute.getSizeInBytes() > fileBytes || attribute.getSize() > fileBytes) {
          throw refused(where, "attributes that are in the file", "a size beyond it");
        }
        Object value = attribute.isEmpty() || attribute.getSize() == 0 ? null : attribute.getData();
        if (value instanceof String text) {
          group.texts().put(entry.getKey(), text);
        } else if (value instanceof String[] texts) {
          group.lists().put(entry.getKey(), List.of(texts));
        } else if (value == null) {
          group.lists().put(entry.getKey(), List.of());
        }
      }
    }

    /** Returns the numbers of a dataset; null for what is none, such as texts. */
    private @Nullable Tensor array(String place, Dataset dataset) {
      Class<?> type = dataset.getJavaType();
      if (!type.isPrimitive() && !Number.class.isAssignableFrom(type)) {
        return null;
      }
      if (!dataset.getFilters().isEmpty()) {
        throw refused(place, "a dataset that is not compressed", dataset.getFilters());
      }
      long[] declared = dataset.getDimensionsAsLong();
      double count = 1;
      for (long dimension : declared) {
        count *= dimension;
      }
      long bytes = dataset.getSizeInBytes();
      numbersBytes += bytes;
      boolean possible = count <= fileBytes && bytes <= fileBytes && numbersBytes <= fileBytes;
      if (!possible || bytes < 0 || dataset.getStorageInBytes() < bytes) {
        throw refused(place, "numbers that are in the file", "shape " + Arrays.toString(declared));
      }
      if (count == 0) {
        return Tensor.of(new float[0], dataset.getDimensions());
      }
      float[] numbers = floats(dataset.isScalar() ? dataset.getData() : dataset.getDataFlat());
      if (numbers == null) {
        throw refused(place, "float16, float32, float64 or integers", type.getSimpleName());
      }
      return Tensor.of(numbers).reshape(dataset.isScalar() ? new int[0] : dataset.getDimensions());
    }

    private static boolean isWhole(Number number) {
      return !(number instanceof Float) && !(number instanceof Double);
    }

    private static float @Nullable [] floats(Object data) {
      if (data instanceof Number number) {
        return new float[] {number.floatValue()};
      }
      if (data instanceof float[] floats) {
        return floats;
      }
      int length = java.lang.reflect.Array.getLength(data);
      float[] floats = new float[length];
      for (int i = 0; i < length; i++) {
        if (!(java.lang.reflect.Array.get(data, i) instanceof Number number)) {
          return null;
        }
        floats[i] = number.floatValue();
      }
      return floats;
    }

    private InputException refused(String place, String expected, Object received) {
      return InputException.of(place, expected, received, "Save the model again with Keras");
    }
  }

  /** Reads a whole file into memory, if it fits. */
  static byte[] bytes(Path file, String expected) {
    long size = FileInput.requireFile(file, expected);
    if (size > FileInput.MAX_ELEMENTS) {
      throw InputException.of(
          file.toString(),
          "at most " + FileInput.MAX_ELEMENTS + " bytes",
          size,
          "Use a smaller one");
    }
    FileInput.requireMemory(file.toString(), 3 * size); // bytes and numbers
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw FileInput.unreadable(file, expected, e);
    }
  }

  /**
   * Returns the bytes of a file with a group as its root.
   *
   * @throws InputException for an attribute that HDF5 cannot hold
   * @throws RunException when the temporary folder cannot be written to
   */
  static byte[] write(String where, Hdf5Group root) {
    Path temporary = null; // jHDF writes into paths alone
    boolean interrupted = Thread.interrupted(); // would close jHDF's channel
    try {
      temporary = Files.createTempFile("sinter-", ".h5");
      try (WritableHdfFile file = HdfFile.write(temporary)) {
        fill(where, file, root);
      }
      return Files.readAllBytes(temporary);
    } catch (IOException | HdfException e) {
      throw RunException.of(
          where,
          "to write a temporary file in " + System.getProperty("java.io.tmpdir"),
          "an error (" + e.getMessage() + ")",
          "Free some space there, or set java.io.tmpdir",
          e);
    } finally {
      delete(temporary);
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void delete(@Nullable Path temporary) {
    try {
      if (temporary != null) {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      temporary.toFile().deleteOnExit();
    }
  }

  private static void fill(String where, WritableGroup target, Hdf5Group group) {
    group
        .texts()
        .forEach(
            (name, text) -> {
              int length = text.getBytes(StandardCharsets.UTF_8).length;
              requireAttribute(where, name, length);
              target.putAttribute(name, text);
            });
    group
        .lists()
        .forEach(
            (name, texts) -> {
              int longest =
                  texts.stream()
                      .mapToInt(text -> text.getBytes(StandardCharsets.UTF_8).length)
                      .max()
                      .orElse(0);
              requireAttribute(where, name, (longest + 1) * texts.size());
              if (!texts.isEmpty()) { // none and an empty one are the same to Keras
                target.putAttribute(name, texts.toArray(String[]::new));
              }
            });
    group.integers().forEach(target::putDataset);
    group.arrays().forEach((name, array) -> target.putDataset(name, data(array)));
    group.groups().forEach((name, child) -> fill(where, target.putGroup(name), child));
  }

  private static void requireAttribute(String where, String name, int bytes) {
    if (bytes > MAX_ATTRIBUTE_BYTES) {
      throw InputException.of(
          where,
          "%s of at most %d bytes".formatted(name.toLowerCase(Locale.ROOT), MAX_ATTRIBUTE_BYTES),
          bytes,
          "Save the model as .keras, which has no such limit");
    }
  }

  private static Object data(Tensor array) {
    return switch (array.rank()) {
      case 0 -> array.get(0);
      case 1 -> array.toFloats();
      default -> nested(array.toFloats(), array.shape(), 0, 0);
    };
  }

  /** Returns the elements from an index on as an array of arrays, from an axis on. */
  private static Object nested(float[] elements, int[] shape, int axis, int from) {
    if (axis == shape.length - 1) {
      return Arrays.copyOfRange(elements, from, from + shape[axis]);
    }
    int[] rest = Arrays.copyOfRange(shape, axis, shape.length);
    Object array = Array.newInstance(float.class, rest);
    int step = Arrays.stream(rest).skip(1).reduce(1, (a, b) -> a * b);
    for (int i = 0; i < shape[axis]; i++) {
      Array.set(array, i, nested(elements, shape, axis + 1, from + i * step));
    }
    return array;
  }

  /** Returns names such as dense, dense_1, ..., dense_10 in this order. */
  static List<String> inOrder(Iterable<String> names) {
    List<String> sorted = new ArrayList<>();
    names.forEach(sorted::add);
    sorted.sort(
        java.util.Comparator.comparing(Hdf5::stem)
            .thenComparingInt(Hdf5::number)
            .thenComparing(java.util.Comparator.naturalOrder()));
    return sorted;
  }

  /** Returns a name without its number: dense for dense_1. */
  static String stem(String name) {
    return name.replaceFirst("_\\d{1,8}$", "");
  }

  private static int number(String name) {
    String digits = name.substring(stem(name).length());
    return digits.isEmpty() ? 0 : Integer.parseInt(digits.substring(1));
  }
}
