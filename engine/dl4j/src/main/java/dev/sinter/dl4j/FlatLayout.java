package dev.sinter.dl4j;

import dev.sinter.data.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * DL4J's flat vector of parameters: layer by layer W [I, U] column by column, then b [U]. Its
 * updater's state is as many such vectors as there are slots. Immutable: any number of threads may
 * use it.
 */
record FlatLayout(List<DenseUnit> layers) {
  private static final int TILE = 32; // columns and rows of it are in the cache together

  /** Returns the number of parameters. */
  int size() {
    return Math.toIntExact(layers.stream().mapToLong(DenseUnit::size).sum());
  }

  /**
   * Returns the arrays of a vector by Sinter's names, as copies in rows.
   *
   * @param from where the vector starts
   * @param suffix of the names: empty, or a dot and a slot
   */
  Map<String, Tensor> arrays(float[] flat, int from, String suffix) {
    Map<String, Tensor> arrays = new LinkedHashMap<>();
    int at = from;
    for (DenseUnit layer : layers) {
      int size = (int) layer.kernelSize();
      float[] kernel = new float[size];
      transpose(flat, at, layer.units(), layer.inputs(), kernel, 0);
      arrays.put(
          layer.name() + "/kernel" + suffix, Tensor.of(kernel, layer.inputs(), layer.units()));
      at += size;
      if (layer.bias()) {
        float[] bias = new float[layer.units()];
        System.arraycopy(flat, at, bias, 0, bias.length);
        arrays.put(layer.name() + "/bias" + suffix, Tensor.of(bias, layer.units()));
        at += bias.length;
      }
    }
    return arrays;
  }

  /** Writes arrays by Sinter's names into a vector. */
  void put(Map<String, Tensor> arrays, float[] flat, int from, String suffix) {
    int at = from;
    for (DenseUnit layer : layers) {
      float[] kernel = array(arrays, layer.name() + "/kernel" + suffix);
      transpose(kernel, 0, layer.inputs(), layer.units(), flat, at);
      at += kernel.length;
      if (layer.bias()) {
        float[] bias = array(arrays, layer.name() + "/bias" + suffix);
        System.arraycopy(bias, 0, flat, at, bias.length);
        at += bias.length;
      }
    }
  }

  private static float[] array(Map<String, Tensor> arrays, String name) {
    return Objects.requireNonNull(arrays.get(name), name).floats();
  }

  /** Returns what penalties add to the score at these parameters. */
  double penalty(float[] flat) {
    double sum = 0;
    int at = 0;
    for (DenseUnit layer : layers) {
      int bias = at + (int) layer.kernelSize();
      int end = at + (int) layer.size();
      sum += layer.kernelPenalty().isNone() ? 0 : layer.kernelPenalty().score(flat, at, bias);
      sum += layer.biasPenalty().isNone() ? 0 : layer.biasPenalty().score(flat, bias, end);
      at = end;
    }
    return sum;
  }

  /** Writes the transpose of [rows, columns] to another array. */
  private static void transpose(
      float[] source, int from, int rows, int columns, float[] target, int to) {
    for (int row = 0; row < rows; row += TILE) {
      int lastRow = Math.min(rows, row + TILE);
      for (int column = 0; column < columns; column += TILE) {
        int lastColumn = Math.min(columns, column + TILE);
        for (int i = row; i < lastRow; i++) {
          for (int j = column; j < lastColumn; j++) {
            target[to + j * rows + i] = source[from + i * columns + j];
          }
        }
      }
    }
  }
}
