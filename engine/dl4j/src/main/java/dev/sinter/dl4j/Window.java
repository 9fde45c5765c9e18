package dev.sinter.dl4j;

import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/**
 * Some batches of an iterator in one matrix, so that many steps run in one call. Each batch is
 * copied once. Used by one thread at a time.
 */
final class Window {
  private final int inputs;
  private final int outputs;
  private final boolean distributions;
  private final int limit;
  private float[] x = {}; // [capacity, inputs]
  private float[] y = {}; // [capacity, outputs]
  private int[] sizes = new int[64]; // rows by batch
  private int batches;
  private int rows;
  private boolean changed;
  private boolean ended;

  /**
   * Creates an empty window.
   *
   * @param distributions whether each row of labels must add up to 1
   * @param limit of floats of features; a batch that is larger makes a larger window
   */
  Window(int inputs, int outputs, boolean distributions, int limit) {
    this.inputs = inputs;
    this.outputs = outputs;
    this.distributions = distributions;
    this.limit = limit;
  }

  /**
   * Takes batches until it is full or there are no more.
   *
   * @param first the number of the first batch, for messages
   * @throws InputException for a batch that does not fit the network
   */
  void fill(DataSetIterator iterator, int first) {
    int before = rows;
    batches = 0;
    rows = 0;
    changed = false;
    ended = false;
    while (!ended && (rows == 0 || (long) rows * inputs < limit)) {
      DataSet next = iterator.hasNext() ? iterator.next() : null;
      // DL4J ends an epoch at a batch without features or labels.
      ended = next == null || next.getFeatures() == null || next.getLabels() == null;
      if (next != null && !ended) {
        add("batch " + (first + batches), next);
      }
    }
    ended |= !iterator.hasNext();
    changed |= rows != before;
  }

  private void add(String where, DataSet batch) {
    if (batch.hasMaskArrays()) {
      throw InputException.of(
          where, "no mask arrays", "a mask", "Train this network with its own fit");
    }
    INDArray features = batch.getFeatures();
    INDArray labels = batch.getLabels();
    check(where, "features", features, features.size(0), inputs);
    check(where, "labels", labels, features.size(0), outputs);
    int size = (int) features.size(0);
    reserve(where, (long) rows + size);
    changed |= NativeFloats.update(features, x, rows * inputs);
    changed |= NativeFloats.update(labels, y, rows * outputs);
    if (distributions) {
      checkSums(where, size);
    }
    if (batches == sizes.length) {
      sizes = Arrays.copyOf(sizes, 2 * batches);
    }
    sizes[batches++] = size;
    rows += size;
  }

  private static void check(String where, String what, INDArray array, long rows, int columns) {
    if (array.rank() != 2 || array.size(0) != rows || array.size(1) != columns || rows < 1) {
      throw InputException.of(
          where,
          what + " of shape [" + Math.max(rows, 1) + ", " + columns + "]",
          Arrays.toString(array.shape()),
          "Use an iterator that fits the network");
    }
  }

  /** DL4J's softmax gradient is p - y for any labels; Sinter's loss counts on rows of 1. */
  private void checkSums(String where, int size) {
    for (int row = rows; row < rows + size; row++) {
      float sum = 0;
      for (int column = 0; column < outputs; column++) {
        sum += y[row * outputs + column];
      }
      if (!(Math.abs(sum - 1) <= 1e-3)) {
        throw InputException.of(
            where + ", row " + (row - rows),
            "labels that add up to 1",
            "a sum of " + sum,
            "Use one-hot labels or probabilities, or another loss");
      }
    }
  }

  private void reserve(String where, long needed) {
    long capacity = inputs == 0 ? 0 : x.length / inputs;
    if (needed <= capacity) {
      return;
    }
    long full = limit / inputs + needed - rows; // the last batch may go beyond the limit
    long wanted = Math.max(needed, Math.min(2 * needed, full));
    if (wanted * Math.max(inputs, outputs) > Integer.MAX_VALUE - 8) {
      throw InputException.of(
          where, "a batch that fits an array", needed + " rows", "Use smaller batches");
    }
    x = Arrays.copyOf(x, (int) wanted * inputs);
    y = Arrays.copyOf(y, (int) wanted * outputs);
    changed = true;
  }

  int batches() {
    return batches;
  }

  int rows() {
    return rows;
  }

  /** Returns the number of rows of a batch. */
  int size(int batch) {
    return sizes[batch];
  }

  /** Returns whether the last filling left anything that the one before had not. */
  boolean hasChanged() {
    return changed;
  }

  /** Returns whether the epoch has no batches after these. */
  boolean isLast() {
    return ended;
  }

  /** Returns the features, not copied; rows after the last one are there, and mean nothing. */
  Tensor x() {
    return Tensor.of(x, x.length / inputs, inputs);
  }

  /** Returns the labels, not copied. */
  Tensor y() {
    return Tensor.of(y, y.length / outputs, outputs);
  }
}
