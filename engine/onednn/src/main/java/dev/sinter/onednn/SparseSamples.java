package dev.sinter.onednn;

import dev.sinter.backend.host.HostSamples;
import dev.sinter.data.Tensor;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Samples in two parts: the densest columns as a matrix, and of the other columns only what is not
 * 0, row by row (compressed sparse rows). A row is divided when a batch first takes it, so that the
 * first step need not wait for all of them.
 */
final class SparseSamples {
  private final Tensor x; // [N, I]
  private final int[] order; // place -> column
  private final int[] placeOf; // column -> place
  private final int width; // columns of the matrix: the first places
  private final Tensor matrix; // [N, width]
  private final int[] starts; // [N], of the rows in places and floats; -1 before they are divided
  private final int[] counts; // [N]
  private int[] places = {}; // from the first after the matrix on; times 256 plus a uint8 value
  private float[] floats; // values of float32 samples, or null
  private int size; // of places and floats

  /**
   * Starts without divided rows.
   *
   * @param order place -> column of the samples; at most 2^23 columns
   * @param width the number of places of the matrix
   */
  SparseSamples(HostSamples samples, int[] order, int width) {
    this.x = samples.x();
    this.order = order;
    this.width = width;
    int rows = x.dimension(0);
    boolean isBytes = x.type() == Tensor.Type.UINT8;
    this.matrix =
        isBytes
            ? Tensor.ofBytes(new byte[rows * width], rows, width)
            : Tensor.of(new float[rows * width], rows, width);
    this.floats = isBytes ? null : new float[0];
    this.starts = new int[rows];
    Arrays.fill(starts, -1);
    this.counts = new int[rows];
    this.placeOf = new int[order.length];
    for (int place = 0; place < order.length; place++) {
      placeOf[order[place]] = place;
    }
  }

  /**
   * Divides the rows of a batch that are not divided yet.
   *
   * @param rows their indices; -1 is no sample
   * @return the number of values outside the matrix in the batch
   */
  int divide(int[] rows, int from, int batch) {
    int values = 0;
    for (int i = from; i < from + batch; i++) {
      int row = rows[i];
      if (row >= 0) {
        if (starts[row] < 0) {
          divide(row);
        }
        values += counts[row];
      }
    }
    return values;
  }

  private void divide(int row) {
    int before = size;
    reserve(order.length - width);
    if (floats == null) {
      divide(ByteBuffer.wrap(x.bytes()), row);
    } else {
      divide(x.floats(), row);
    }
    starts[row] = before;
    counts[row] = size - before;
  }

  private void reserve(int more) {
    if (places.length - size < more) {
      int capacity = Math.addExact(Math.addExact(size, size / 2), more);
      places = Arrays.copyOf(places, capacity);
      floats = floats == null ? null : Arrays.copyOf(floats, capacity);
    }
  }

  private void divide(ByteBuffer source, int row) {
    int columns = order.length;
    int from = row * columns;
    byte[] target = matrix.bytes();
    int j = 0;
    while (j < columns) {
      int end = Math.min(columns, j + Long.BYTES);
      if (end - j == Long.BYTES && source.getLong(from + j) == 0) {
        j = end; // most of a sparse row is skipped here
      }
      for (; j < end; j++) {
        byte value = source.get(from + j);
        int place = placeOf[j];
        if (place < width) {
          target[row * width + place] = value;
        } else if (value != 0) {
          places[size++] = place - width << 8 | value & 0xFF;
        }
      }
    }
  }

  private void divide(float[] source, int row) {
    int columns = order.length;
    int from = row * columns;
    float[] target = matrix.floats();
    for (int j = 0; j < columns; j++) {
      float value = source[from + j];
      int place = placeOf[j];
      if (place < width) {
        target[row * width + place] = value;
      } else if (value != 0) {
        places[size] = place - width;
        floats[size++] = value;
      }
    }
  }

  /** Returns the columns in the order of both parts. */
  int[] order() {
    return order;
  }

  /** Returns the number of columns of the matrix. */
  int width() {
    return width;
  }

  /** Returns the matrix as samples [N, width], with the labels and weights of the given ones. */
  HostSamples matrix(HostSamples samples) {
    return new HostSamples(
        matrix,
        samples.y(),
        samples.weights(),
        samples.table(),
        samples.scale(),
        samples.offset(),
        true);
  }

  /** Returns where the values of a divided row begin. */
  int start(int row) {
    return starts[row];
  }

  /** Returns the number of values of a divided row. */
  int count(int row) {
    return counts[row];
  }

  /**
   * Returns the places of the values outside the matrix: row i begins at {@link #start}; of uint8
   * samples, times 256 plus the value. Another array once more rows are divided.
   */
  int[] places() {
    return places;
  }

  /** Returns the values outside the matrix of float32 samples; null for uint8. */
  float[] floats() {
    return floats;
  }
}
