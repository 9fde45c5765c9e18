package dev.sinter.onednn;

import dev.sinter.backend.host.HostSamples;
import dev.sinter.data.Tensor;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Samples in two parts: the densest columns as a matrix, and of the other columns only what is not
 * 0, row by row (compressed sparse rows). A row is divided when a batch first takes it, so that the
 * first step need not wait for all of them. The samples themselves are not kept.
 */
final class SparseSamples {
  private final int[] order; // place -> column
  private final int[] placeOf; // column -> place
  private final int width; // columns of the matrix: the first places
  private final Tensor matrix; // [N, width]
  private final int[] starts; // [N], of the rows in places and floats; -1 before they are divided
  private final int[] counts; // [N]
  private int[] places; // from the first after the matrix on; times 256 plus a uint8 value
  private float[] floats; // values of float32 samples, or null
  private int size; // of places and floats
  private WeakReference<HostSamples> given = new WeakReference<>(null);
  private HostSamples matrixOfGiven; // the matrix with the labels and weights of the given samples

  /**
   * Starts without divided rows.
   *
   * @param density of the columns, at most 2^23 of them
   * @param width the number of places of the matrix
   */
  SparseSamples(HostSamples samples, ColumnDensity density, int width) {
    this.order = density.order();
    this.width = width;
    int rows = samples.x().dimension(0);
    boolean isBytes = samples.x().type() == Tensor.Type.UINT8;
    this.matrix =
        isBytes
            ? Tensor.ofBytes(new byte[rows * width], rows, width)
            : Tensor.of(new float[rows * width], rows, width);
    int expected = (int) Math.min(Integer.MAX_VALUE / 2, 1.05 * rows * density.valuesFrom(width));
    this.places = new int[expected];
    this.floats = isBytes ? null : new float[expected];
    this.starts = new int[rows];
    Arrays.fill(starts, -1);
    this.counts = new int[rows];
    this.placeOf = new int[order.length];
    for (int place = 0; place < order.length; place++) {
      placeOf[order[place]] = place;
    }
  }

  /** Returns about how many bytes the division of samples takes on the heap. */
  static double bytes(HostSamples samples, ColumnDensity density, int width) {
    int element = samples.x().type() == Tensor.Type.UINT8 ? 1 : Float.BYTES;
    double value = Integer.BYTES + (element == 1 ? 0 : Float.BYTES);
    double row = width * element + value * density.valuesFrom(width) + 2 * Integer.BYTES;
    return row * samples.x().dimension(0);
  }

  /**
   * Divides the rows of a batch that are not divided yet.
   *
   * @param x the samples
   * @param rows their indices; -1 is no sample
   * @return the number of values outside the matrix in the batch
   */
  int divide(Tensor x, int[] rows, int from, int batch) {
    int values = 0;
    for (int i = from; i < from + batch; i++) {
      int row = rows[i];
      if (row >= 0) {
        if (starts[row] < 0) {
          divide(x, row);
        }
        values += counts[row];
      }
    }
    return values;
  }

  private void divide(Tensor x, int row) {
    int before = size;
    reserve(order.length - width);
    if (floats == null) {
      divide(ByteBuffer.wrap(x.bytes()), row);
    } else {
      divide(x.floats(), row);
    }
    counts[row] = size - before;
    starts[row] = before;
  }

  private void reserve(int more) {
    if (places.length - size < more) {
      int capacity = Math.addExact(Math.addExact(size, size / 4), more);
      int[] longer = Arrays.copyOf(places, capacity);
      floats = floats == null ? null : Arrays.copyOf(floats, capacity);
      places = longer;
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
  HostSamples matrixOf(HostSamples samples) {
    if (!given.refersTo(samples)) {
      matrixOfGiven =
          new HostSamples(
              matrix,
              samples.y(),
              samples.weights(),
              samples.table(),
              samples.scale(),
              samples.offset(),
              true);
      given = new WeakReference<>(samples);
    }
    return matrixOfGiven;
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
