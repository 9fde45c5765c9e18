package dev.sinter.onednn;

import dev.sinter.onednn.Primitives.PrimitiveStep;
import dev.sinter.program.Shape;
import java.util.Arrays;

/**
 * x W and x' dz for batches whose columns are divided as in {@link SparseSamples}: dense products
 * for the matrix, sparse products for the rest. The rows of W lie in the order of the samples.
 */
final class SparseProducts {
  /**
   * The layer and its layer.
   *
   * @param x [B, width], the columns of the matrix
   * @param weights [I, U]
   * @param bias [1, U], or null
   * @param output [B, U]
   * @param dz [B, U]
   * @param dWeights [I, U]
   * @param dBias [1, U], or null
   */
  record Layer(View x, View weights, View bias, View output, View dz, View dWeights, View dBias) {
    /** Returns the same with fewer columns of x, in the same memory. */
    Layer narrow(int width) {
      View first = x.part(0, new Shape(x.shape().rows(), width));
      return new Layer(first, weights, bias, output, dz, dWeights, dBias);
    }
  }

  private final int batch;
  private final SparseMatrix rest; // [B, I - width]
  private final SparseMatrix transposed; // [I - width, B]
  private final PrimitiveStep restForward; // output = rest W
  private final PrimitiveStep forward; // output = f(output + x W + b)
  private final PrimitiveStep gradWeights;
  private final PrimitiveStep restGradWeights;
  private final int width; // columns of the matrix
  private final int capacity;
  private final int[] starts; // [B + 1]
  private final int[] sources; // [B], where the rows begin in the samples
  private final int[] columns; // [capacity]
  private final float[] values; // [capacity]
  private final int[] transposedStarts; // [I - width + 1]
  private final int[] next; // [I - width], where the next value of a column goes
  private final int[] rows; // [capacity]
  private final float[] transposedValues; // [capacity]

  /**
   * Prepares the products.
   *
   * @param activation what follows the forward product
   * @param capacity the most values of a batch outside the matrix, at least 1
   */
  SparseProducts(
      Layer layer, PostOps activation, int capacity, Primitives primitives, NativeOwner owner) {
    this.batch = layer.x.shape().rows();
    this.width = layer.x.shape().columns();
    int places = layer.weights.shape().rows() - width;
    this.capacity = capacity;
    this.rest = new SparseMatrix(primitives, owner, batch, places, capacity);
    this.transposed = new SparseMatrix(primitives, owner, places, batch, capacity);
    this.starts = new int[batch + 1];
    this.sources = new int[batch];
    this.columns = new int[capacity];
    this.values = new float[capacity];
    this.transposedStarts = new int[places + 1];
    this.next = new int[places];
    this.rows = new int[capacity];
    this.transposedValues = new float[capacity];
    InnerProducts products = new InnerProducts(primitives);
    this.restForward = rest.times(layer.weights.rows(width, places), layer.output);
    this.restGradWeights = transposed.times(layer.dz, layer.dWeights.rows(width, places));
    this.forward =
        products.forward(
            Matrix.of(layer.x),
            Matrix.of(layer.weights.rows(0, width)),
            Matrix.of(layer.bias),
            Matrix.of(layer.output),
            new PostOps().sum(1).then(activation));
    this.gradWeights =
        products.gradWeights(
            Matrix.of(layer.x),
            Matrix.of(layer.dz),
            Matrix.of(layer.dWeights.rows(0, width)),
            Matrix.of(layer.dBias));
  }

  /** Returns whether oneDNN has fast sparse products on this machine. */
  boolean isFast() {
    return restForward != null && restGradWeights != null;
  }

  /** Returns the number of columns of the matrix. */
  int width() {
    return width;
  }

  /** Returns the most values of a batch outside the matrix. */
  int capacity() {
    return capacity;
  }

  /**
   * Gathers a batch of the columns outside the matrix, and its transpose by a counting sort. Its
   * rows are divided.
   *
   * @param order rows of the samples; -1 is no sample
   * @param from where the batch begins in it
   * @param table the float of each byte, or null for float32 samples
   * @param scale of float32 samples
   */
  void gather(SparseSamples samples, int[] order, int from, float[] table, float scale) {
    // In loops of their own, so that the processor waits for many rows at once.
    for (int i = 0; i < batch; i++) {
      int row = order[from + i];
      sources[i] = row < 0 ? 0 : samples.start(row);
      starts[i + 1] = row < 0 ? 0 : samples.count(row);
    }
    for (int i = 0; i < batch; i++) {
      starts[i + 1] += starts[i];
    }
    int count = starts[batch];
    int[] places = samples.places();
    for (int i = 0; i < batch; i++) {
      int target = starts[i];
      int shift = sources[i] - target;
      if (samples.floats() == null) {
        for (int k = target; k < starts[i + 1]; k++) {
          int place = places[k + shift];
          columns[k] = place >> 8;
          values[k] = table[place & 0xFF];
        }
      } else {
        for (int k = target; k < starts[i + 1]; k++) {
          columns[k] = places[k + shift];
          values[k] = samples.floats()[k + shift] * scale;
        }
      }
    }
    rest.set(values, columns, count, starts);
    transpose(count);
    transposed.set(transposedValues, rows, count, transposedStarts);
  }

  private void transpose(int count) {
    Arrays.fill(next, 0);
    for (int k = 0; k < count; k++) {
      next[columns[k]]++;
    }
    int start = 0;
    for (int j = 0; j < next.length; j++) {
      transposedStarts[j] = start;
      start += next[j];
      next[j] = transposedStarts[j];
    }
    transposedStarts[next.length] = start;
    for (int i = 0; i < batch; i++) {
      for (int k = starts[i]; k < starts[i + 1]; k++) {
        int place = next[columns[k]]++;
        rows[place] = i;
        transposedValues[place] = values[k];
      }
    }
  }

  /** Computes the output of the layer. */
  void forward() {
    restForward.execute();
    forward.execute();
  }

  /** Computes the gradients of weights and bias. */
  void gradWeights() {
    gradWeights.execute();
    restGradWeights.execute();
  }
}
