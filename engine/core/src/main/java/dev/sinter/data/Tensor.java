package dev.sinter.data;

import dev.sinter.errors.InputException;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * An array on the host: a shape and float32 or uint8 elements, row-major.
 *
 * <p>Immutable: any number of threads may use it.
 *
 * <p>The factories that take a flat array wrap it without copying (60 000 images are 47 MB): the
 * caller must not change it afterwards. A tensor never changes its own elements.
 */
public final class Tensor {
  /** Element types. */
  public enum Type {
    /** 32-bit IEEE 754 floating point. */
    FLOAT32("float32"),
    /** Unsigned bytes, 0 to 255. */
    UINT8("uint8");

    private final String label;

    Type(String label) {
      this.label = label;
    }

    /** Returns the NumPy name of the type. */
    @Override
    public String toString() {
      return label;
    }
  }

  private final int[] shape;
  private final float @Nullable [] floats; // FLOAT32 only
  private final byte @Nullable [] bytes; // UINT8 only

  private Tensor(float @Nullable [] floats, byte @Nullable [] bytes, int[] shape) {
    this.floats = floats;
    this.bytes = bytes;
    this.shape = shape.clone();
    long size = 1;
    for (int dimension : shape) {
      if (dimension < 0) {
        throw InputException.of(
            "Tensor", "dimensions of at least 0", Arrays.toString(shape), "Correct the shape");
      }
      size = size > Integer.MAX_VALUE ? size : size * dimension; // stays too large once it is
    }
    int length = size();
    if (size != length) {
      throw new InputException(
          "Tensor: expected %s elements for shape %s, received %s. Correct the shape or the array."
              .formatted(size, Arrays.toString(shape), length));
    }
  }

  /** Wraps float32 elements; the array is not copied. */
  public static Tensor of(float[] elements, int... shape) {
    return new Tensor(
        Objects.requireNonNull(elements, "elements"),
        null,
        shape.length == 0 ? new int[] {elements.length} : shape);
  }

  /** Wraps unsigned bytes; the array is not copied. */
  public static Tensor ofBytes(byte[] elements, int... shape) {
    return new Tensor(
        null,
        Objects.requireNonNull(elements, "elements"),
        shape.length == 0 ? new int[] {elements.length} : shape);
  }

  /** Copies rows of equal length into a float32 tensor [rows, columns]. */
  public static Tensor of(float[][] rows) {
    int columns = rows.length == 0 ? 0 : rows[0].length;
    if ((long) rows.length * columns > Integer.MAX_VALUE) {
      throw new InputException(
          "Tensor: expected at most %s elements, received [%s, %s]. Use fewer rows."
              .formatted(Integer.MAX_VALUE, rows.length, columns));
    }
    float[] elements = new float[rows.length * columns];
    for (int row = 0; row < rows.length; row++) {
      if (rows[row].length != columns) {
        throw new InputException(
            "Tensor row %s: expected %s columns, as in row 0, received %s. Make all rows equally long."
                .formatted(row, columns, rows[row].length));
      }
      System.arraycopy(rows[row], 0, elements, row * columns, columns);
    }
    return of(elements, rows.length, columns);
  }

  /** Copies integers, such as class labels, into a float32 tensor [length]. */
  public static Tensor of(int[] values) {
    float[] elements = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      elements[i] = values[i];
    }
    return of(elements, values.length);
  }

  /** Returns a copy of the shape. */
  public int[] shape() {
    return shape.clone();
  }

  /** Returns the number of dimensions. */
  public int rank() {
    return shape.length;
  }

  /** Returns one dimension; a negative axis counts from the end. */
  public int dimension(int axis) {
    return shape[axis < 0 ? shape.length + axis : axis];
  }

  /** Returns the number of elements. */
  public int size() {
    return floats != null ? floats.length : bytes().length;
  }

  /**
   * Returns the number of elements in one entry along the first axis; 1 for a scalar or a vector.
   */
  public int rowSize() {
    int size = 1;
    for (int axis = 1; axis < shape.length; axis++) {
      size *= shape[axis];
    }
    return size;
  }

  /** Returns the element type. */
  public Type type() {
    return floats != null ? Type.FLOAT32 : Type.UINT8;
  }

  /** Returns the element at a flat row-major index; unsigned bytes give 0 to 255. */
  public float get(int index) {
    return floats != null ? floats[index] : bytes()[index] & 0xFF;
  }

  /** Returns the element at the given indices, one per axis. */
  public float at(int... index) {
    if (index.length != shape.length) {
      throw InputException.of(
          "Tensor.at", shape.length + " indices", index.length, "Give one index per axis");
    }
    int flat = 0;
    for (int axis = 0; axis < shape.length; axis++) {
      flat = flat * shape[axis] + Objects.checkIndex(index[axis], shape[axis]);
    }
    return get(flat);
  }

  /** Returns the float32 array itself, not a copy: read only. */
  public float[] floats() {
    if (floats == null) {
      throw InputException.of("Tensor.floats", "float32", type(), "Use toFloats() to convert");
    }
    return floats;
  }

  /** Returns the uint8 array itself, not a copy: read only. */
  public byte[] bytes() {
    if (bytes == null) {
      throw InputException.of(
          "Tensor.bytes", "uint8", type(), "Use toFloats() for float32 elements");
    }
    return bytes;
  }

  /** Returns a new array of the elements as float32. */
  public float[] toFloats() {
    if (floats != null) {
      return floats.clone();
    }
    byte[] source = bytes();
    float[] result = new float[source.length];
    for (int i = 0; i < source.length; i++) {
      result[i] = source[i] & 0xFF;
    }
    return result;
  }

  /** Returns the elements as new rows [rows][row size]. */
  public float[][] toRows() {
    int columns = rowSize();
    float[] all = toFloats();
    return IntStream.range(0, shape.length == 0 ? 1 : shape[0])
        .mapToObj(row -> Arrays.copyOfRange(all, row * columns, (row + 1) * columns))
        .toArray(float[][]::new);
  }

  /** Returns the same elements with another shape, without copying. One dimension may be -1. */
  public Tensor reshape(int... newShape) {
    int[] resolved = newShape.clone();
    long known = 1;
    int open = -1;
    for (int axis = 0; axis < resolved.length; axis++) {
      if (resolved[axis] == -1 && open < 0) {
        open = axis;
      } else {
        known *= resolved[axis];
      }
    }
    if (open >= 0) {
      resolved[open] = known == 0 ? 0 : (int) (size() / known);
    }
    return new Tensor(floats, bytes, resolved);
  }

  /** Copies entries [from, to) along the first axis. */
  public Tensor rows(int from, int to) {
    if (shape.length == 0) {
      throw InputException.of("Tensor.rows", "at least one axis", "a scalar", "Reshape it first");
    }
    Objects.checkFromToIndex(from, to, shape[0]);
    int[] newShape = shape.clone();
    newShape[0] = to - from;
    int row = rowSize();
    return floats != null
        ? of(Arrays.copyOfRange(floats, from * row, to * row), newShape)
        : ofBytes(Arrays.copyOfRange(bytes(), from * row, to * row), newShape);
  }

  /** Copies the given entries along the first axis, in the given order. */
  public Tensor rows(int[] chosen) {
    int[] newShape = shape.clone();
    newShape[0] = chosen.length;
    int row = rowSize();
    Object source = floats != null ? floats : bytes();
    Object target = floats != null ? new float[chosen.length * row] : new byte[chosen.length * row];
    for (int i = 0; i < chosen.length; i++) {
      System.arraycopy(source, Objects.checkIndex(chosen[i], shape[0]) * row, target, i * row, row);
    }
    return floats != null ? of((float[]) target, newShape) : ofBytes((byte[]) target, newShape);
  }

  /**
   * Returns the index of the largest element of one entry along the first axis; the first one on a
   * tie.
   */
  public int argmax(int row) {
    int columns = rowSize();
    int best = 0;
    for (int column = 1; column < columns; column++) {
      if (get(row * columns + column) > get(row * columns + best)) {
        best = column;
      }
    }
    return best;
  }

  /** Returns whether shape, type and every element (to the bit) are equal. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Tensor that
        && Arrays.equals(shape, that.shape)
        && Arrays.equals(floats, that.floats)
        && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(shape)
        + (floats != null ? Arrays.hashCode(floats) : Arrays.hashCode(bytes));
  }

  /** Returns type and shape, such as {@code float32[10, 784]}. */
  @Override
  public String toString() {
    return type() + Arrays.toString(shape);
  }
}
