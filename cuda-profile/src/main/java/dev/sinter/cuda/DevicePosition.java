package dev.sinter.cuda;

import java.nio.ByteBuffer;

/**
 * Writes {@code struct Position} of kernels/common.cu.
 *
 * @param x address of the samples
 * @param y address of the labels, or 0
 * @param order address of the rows of this run, [R, orderStride]
 * @param scalars address of [steps, R, S] floats
 * @param results address of [steps, resultFloats] floats
 * @param xIsBytes whether samples are uint8
 * @param yIsBytes whether labels are uint8
 * @param orderStride rows of this run a replica
 * @param scale of samples
 * @param offset of samples, added after scaling
 * @param weights address of the samples' weights, or 0
 * @param seeds address of [R] seeds
 * @param iteration updates before this run
 */
record DevicePosition(
    long x,
    long y,
    long order,
    long scalars,
    long results,
    boolean xIsBytes,
    boolean yIsBytes,
    int orderStride,
    float scale,
    float offset,
    long weights,
    long seeds,
    long iteration) {
  /** Bytes of the structure, padding at its end included. */
  static final int BYTES = 88;

  /** Writes the structure; the step is 0. */
  void write(ByteBuffer target, int at) {
    target.putLong(at, x);
    target.putLong(at + 8, y);
    target.putLong(at + 16, order);
    target.putLong(at + 24, scalars);
    target.putLong(at + 32, results);
    target.putInt(at + 40, xIsBytes ? 1 : 0);
    target.putInt(at + 44, yIsBytes ? 1 : 0);
    target.putInt(at + 48, orderStride);
    target.putInt(at + 52, 0);
    target.putFloat(at + 56, scale);
    target.putFloat(at + 60, offset);
    target.putLong(at + 64, weights);
    target.putLong(at + 72, seeds);
    target.putLong(at + 80, iteration);
  }
}
