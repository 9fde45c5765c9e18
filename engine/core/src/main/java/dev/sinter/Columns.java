package dev.sinter;

import dev.sinter.compile.Features;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The tensors of several inputs or outputs, to be put side by side. */
final class Columns {
  private final String kind;
  private final List<Tensor> tensors; // in the order of the names
  private final List<String> names;

  /**
   * Takes the tensors in order.
   *
   * @param kind input or output, for messages
   * @param names of the model's, in order
   */
  Columns(String kind, List<String> names, Map<String, Tensor> given) {
    this.kind = kind;
    this.names = names;
    if (!given.keySet().equals(Set.copyOf(names))) {
      throw InputException.of(
          "dataset",
          "a tensor for each " + kind + " of " + names,
          given.keySet(),
          "Correct the names");
    }
    this.tensors = names.stream().map(given::get).toList();
    requireRows(rows());
  }

  /** Returns the number of samples. */
  int rows() {
    return tensors.get(0).dimension(0);
  }

  /** Refuses other numbers of rows. */
  void requireRows(int rows) {
    for (int i = 0; i < tensors.size(); i++) {
      if (tensors.get(i).dimension(0) != rows) {
        throw refused(
            names.get(i), rows + " rows, as the others have", tensors.get(i).dimension(0));
      }
    }
  }

  /** Refuses another shape of the samples of an input. */
  void requireShape(String name, Features shape) {
    int[] received = tensors.get(names.indexOf(name)).shape();
    List<Integer> features = Arrays.stream(received).skip(1).boxed().toList();
    if (!features.equals(shape.dimensions())) {
      throw refused(name, "samples of shape " + shape, features);
    }
  }

  private InputException refused(String name, String expected, Object received) {
    return InputException.of(
        "dataset, " + kind + " " + name, expected, received, "Correct the data of this " + kind);
  }

  /** Returns a copy of all columns side by side, [N, K]. */
  Tensor joined() {
    int rows = rows();
    int width = tensors.stream().mapToInt(Tensor::rowSize).sum();
    boolean bytes = tensors.stream().allMatch(each -> each.type() == Tensor.Type.UINT8);
    if (bytes) {
      byte[] all = new byte[Math.multiplyExact(rows, width)];
      copy(
          rows,
          width,
          (tensor, from, to) -> System.arraycopy(tensor.bytes(), from, all, to, tensor.rowSize()));
      return Tensor.ofBytes(all, rows, width);
    }
    float[] all = new float[Math.multiplyExact(rows, width)];
    copy(
        rows,
        width,
        (tensor, from, to) -> {
          for (int i = 0; i < tensor.rowSize(); i++) {
            all[to + i] = tensor.get(from + i);
          }
        });
    return Tensor.of(all, rows, width);
  }

  /** Copies a row of a tensor from an element to an element. */
  private interface RowCopy {
    void copy(Tensor tensor, int from, int to);
  }

  private void copy(int rows, int width, RowCopy row) {
    int column = 0;
    for (Tensor tensor : tensors) {
      for (int i = 0; i < rows; i++) {
        row.copy(tensor, i * tensor.rowSize(), i * width + column);
      }
      column += tensor.rowSize();
    }
  }

  /** Returns a copy of some columns of a matrix. */
  static Tensor part(Tensor matrix, int first, int columns) {
    int rows = matrix.dimension(0);
    float[] part = new float[rows * columns];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        part[row * columns + column] = matrix.get(row * matrix.rowSize() + first + column);
      }
    }
    return Tensor.of(part, rows, columns);
  }
}
