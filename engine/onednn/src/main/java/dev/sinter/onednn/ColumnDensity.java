package dev.sinter.onednn;

import dev.sinter.backend.host.HostSamples;
import dev.sinter.data.Tensor;
import java.util.Arrays;

/**
 * How many samples are not 0 in each column of a dataset, from some of its samples.
 *
 * @param order the columns, the densest first
 * @param counts for each place of the order, the samples that are not 0 there
 * @param samples the number of samples counted
 */
record ColumnDensity(int[] order, int[] counts, int samples) {
  private static final int MOST = 512; // samples
  private static final int MANY = 256; // columns
  private static final int BLOCK = 16; // floats of a cache line

  /** Counts at most 512 samples, at equal distances. */
  static ColumnDensity of(HostSamples samples) {
    Tensor x = samples.x();
    int rows = x.dimension(0);
    int columns = rows == 0 ? 0 : x.size() / rows;
    int[] counts = new int[columns];
    int counted = Math.min(MOST, rows);
    for (int i = 0; i < counted; i++) {
      count(x, (int) ((long) i * rows / counted) * columns, counts);
    }
    long[] places = new long[columns]; // sorts by falling count, then by column
    for (int j = 0; j < columns; j++) {
      places[j] = (long) (counted - counts[j]) << Integer.SIZE | j;
    }
    Arrays.sort(places);
    int[] order = new int[columns];
    int[] sorted = new int[columns];
    for (int j = 0; j < columns; j++) {
      order[j] = (int) places[j];
      sorted[j] = counts[order[j]];
    }
    return new ColumnDensity(order, sorted, counted);
  }

  private static void count(Tensor x, int start, int[] counts) {
    if (x.type() == Tensor.Type.UINT8) {
      byte[] source = x.bytes();
      for (int j = 0; j < counts.length; j++) {
        counts[j] += source[start + j] != 0 ? 1 : 0;
      }
    } else {
      float[] source = x.floats();
      for (int j = 0; j < counts.length; j++) {
        counts[j] += source[start + j] != 0 ? 1 : 0;
      }
    }
  }

  /**
   * Returns the number of columns whose density is at least a share: at least 1, rounded up to
   * whole cache lines if there are many columns.
   */
  int columnsFrom(double share) {
    int dense = 0;
    while (dense < counts.length && counts[dense] >= share * samples) {
      dense++;
    }
    int block = counts.length < MANY ? 1 : BLOCK;
    return Math.min(counts.length, (Math.max(1, dense) + block - 1) / block * block);
  }

  /** Returns the expected number of values of a row at the places from one on. */
  double valuesFrom(int place) {
    long sum = 0;
    for (int i = place; i < counts.length; i++) {
      sum += counts[i];
    }
    return sum / (double) Math.max(1, samples);
  }

  /** Returns the share of elements that are not 0. */
  double mean() {
    return valuesFrom(0) / Math.max(1, counts.length);
  }
}
