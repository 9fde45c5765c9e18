package dev.sinter.cuda;

import dev.sinter.backend.Resident;
import dev.sinter.cuda.driver.Device;
import dev.sinter.cuda.driver.PinnedBuffer;
import dev.sinter.data.Tensor;
import java.nio.ByteBuffer;

/**
 * A dataset: on the device where it fits, else in the caller's tensors, from which rows are
 * streamed in their order. uint8 stays uint8.
 */
final class Samples implements Resident {
  private static final int PIECE_BYTES = 16 << 20;

  /** Two parts under way, each at most so large and at most this share of the free memory. */
  private static final long MOST_PART_BYTES = 32 << 20;

  private static final int PART_SHARE = 8;

  private final DeviceMemory owner;
  private final DeviceMemory memory;
  private final Tensor x;
  private final Tensor y; // null without labels
  private final Tensor weights; // null for 1 each
  private final float scale;
  private final float offset;
  private final long xAddress; // 0 when streamed
  private final long yAddress;
  private final long weightsAddress;
  private final long partBytes; // of streamed rows
  private boolean closed;

  /**
   * Uploads samples.
   *
   * @param owner gives them back if nobody else does
   * @param streamed leaves them on the host
   */
  Samples(
      DeviceMemory owner,
      Tensor x,
      Tensor y,
      Tensor weights,
      float scale,
      float offset,
      boolean streamed) {
    Device device = owner.device();
    this.owner = owner;
    this.memory = new DeviceMemory(device);
    this.x = x;
    this.y = y;
    this.weights = weights;
    this.scale = scale;
    this.offset = offset;
    this.partBytes = streamed ? Math.min(MOST_PART_BYTES, device.freeBytes() / PART_SHARE) : 0;
    try {
      this.xAddress = streamed ? 0 : upload(x);
      this.yAddress = streamed || y == null ? 0 : upload(y);
      this.weightsAddress = streamed || weights == null ? 0 : upload(weights);
    } catch (RuntimeException e) {
      memory.run();
      throw e;
    }
    owner.own(this);
  }

  /** Returns the bytes of a tensor's elements. */
  static long bytes(Tensor tensor) {
    return tensor == null ? 0 : (long) tensor.size() * elementBytes(tensor);
  }

  private static int elementBytes(Tensor tensor) {
    return tensor.type() == Tensor.Type.UINT8 ? 1 : 4;
  }

  private long upload(Tensor tensor) {
    long bytes = bytes(tensor);
    long address = memory.allocate(bytes);
    Device device = memory.device();
    int perPiece = PIECE_BYTES / 4;
    try (PinnedBuffer piece = device.allocatePinned(Math.min(bytes, PIECE_BYTES))) {
      for (int from = 0; from < tensor.size(); from += perPiece) {
        int count = Math.min(perPiece, tensor.size() - from);
        put(tensor, from, count, piece.bytes(), 0);
        int width = elementBytes(tensor);
        device.copyIn(address + (long) from * width, piece, 0, (long) count * width, Device.MAIN);
        device.synchronize();
      }
    }
    return address;
  }

  private static void put(Tensor source, int from, int count, ByteBuffer target, int at) {
    if (source.type() == Tensor.Type.UINT8) {
      target.put(at, source.bytes(), from, count);
    } else {
      target.position(at);
      target.asFloatBuffer().put(source.floats(), from, count);
      target.position(0);
    }
  }

  boolean streamed() {
    return xAddress == 0;
  }

  /** Returns how many bytes of rows are sent at a time, unless one step has more. */
  long partBytes() {
    return partBytes;
  }

  /** Returns the bytes of one streamed row of x, padded so that y's rows can follow. */
  int xRowBytes() {
    return x.rowSize() * elementBytes(x);
  }

  /** Returns the bytes of one streamed row of y; 0 without labels. */
  int yRowBytes() {
    return y == null ? 0 : y.rowSize() * elementBytes(y);
  }

  /** Returns the bytes of one streamed weight; 0 where there are none. */
  int weightBytes() {
    return weights == null ? 0 : Float.BYTES;
  }

  /** Copies a row of x, y and the weights into buffers for streaming. */
  void copyRow(int row, ByteBuffer target, int xAt, int yAt, int weightAt) {
    if (weights != null) {
      target.putFloat(weightAt, weights.get(row));
    }
    put(x, row * x.rowSize(), x.rowSize(), target, xAt);
    if (y != null) {
      put(y, row * y.rowSize(), y.rowSize(), target, yAt);
    }
  }

  /**
   * Where the host puts the parts of a run.
   *
   * @param x of streamed rows, as y and weights
   * @param order of all rows
   * @param orderStride rows of a replica
   */
  record Input(
      long x, long y, long weights, long order, int orderStride, long scalars, long seeds) {}

  /** Returns where a run stands that reads these samples, or streamed ones. */
  DevicePosition position(Input input, long results, long iteration) {
    return new DevicePosition(
        streamed() ? input.x : xAddress,
        streamed() ? input.y : yAddress,
        input.order,
        input.scalars,
        results,
        x.type() == Tensor.Type.UINT8,
        y != null && y.type() == Tensor.Type.UINT8,
        input.orderStride,
        scale,
        offset,
        weights == null ? 0 : streamed() ? input.weights : weightsAddress,
        input.seeds,
        iteration);
  }

  void requireOpen() {
    if (closed) {
      throw new IllegalStateException("backend cuda: the samples were closed");
    }
  }

  @Override
  public void close() {
    closed = true;
    synchronized (memory.device()) {
      owner.disown(this);
      memory.run();
    }
  }
}
