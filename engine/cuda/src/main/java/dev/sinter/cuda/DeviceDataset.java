package dev.sinter.cuda;

import dev.sinter.backend.Resident;
import dev.sinter.cuda.driver.Device;
import dev.sinter.cuda.driver.PinnedBuffer;
import dev.sinter.cuda.driver.Struct;
import dev.sinter.cuda.kernel.DeviceMemory;
import dev.sinter.data.Tensor;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;

/**
 * A dataset: on the device if it fits, otherwise in the tensors of the caller, from which rows are
 * streamed in order. uint8 stays uint8.
 */
final class DeviceDataset implements Resident {
  private static final int PIECE_BYTES = 16 << 20;

  /** The largest size of a streamed part; two parts are in flight at a time. */
  static final long MOST_PART_BYTES = 32 << 20;

  private static final int PART_SHARE = 8;

  /** The size of {@code struct Position} in bytes. */
  static final int POSITION_BYTES =
      new Struct().nested(new Position(0, 0, 0, 0, 0, false, false, 0, 0, 0, 0, 0, 0)).size();

  private final DeviceMemory owner;
  private final DeviceMemory memory;
  private final Tensor x;
  private final Tensor y; // null if there are no labels
  private final Tensor weights; // null if all are 1
  private final float scale;
  private final float offset;
  private final long xAddress; // 0 if streamed
  private final long yAddress;
  private final long weightsAddress;
  private final long partBytes; // of streamed rows
  private boolean closed;

  /**
   * Uploads samples.
   *
   * @param owner frees them if nobody else does
   * @param mostPartBytes the most bytes of rows to stream at a time; 0 to upload all rows
   */
  DeviceDataset(
      DeviceMemory owner,
      Tensor x,
      Tensor y,
      Tensor weights,
      float scale,
      float offset,
      long mostPartBytes) {
    Device device = owner.device();
    this.owner = owner;
    this.memory = new DeviceMemory(device);
    this.x = x;
    this.y = y;
    this.weights = weights;
    this.scale = scale;
    this.offset = offset;
    boolean streamed = mostPartBytes > 0;
    this.partBytes = streamed ? Math.min(mostPartBytes, device.freeBytes() / PART_SHARE) : 0;
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

  /** Returns the size of the elements of a tensor in bytes. */
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

  /** Returns whether the samples are bytes, not floats. */
  boolean hasBytes() {
    return x.type() == Tensor.Type.UINT8;
  }

  boolean streamed() {
    return xAddress == 0;
  }

  /** Returns the most bytes of rows sent at a time, unless one step has more. */
  long partBytes() {
    return partBytes;
  }

  /** Returns the size in bytes of one streamed row with its label and weight, at least 1. */
  int rowBytes() {
    return Math.max(1, xRowBytes() + yRowBytes() + weightBytes());
  }

  private int xRowBytes() {
    return x.rowSize() * elementBytes(x);
  }

  private int yRowBytes() {
    return y == null ? 0 : y.rowSize() * elementBytes(y);
  }

  private int weightBytes() {
    return weights == null ? 0 : Float.BYTES;
  }

  /**
   * The byte offsets in the input that the host sends before a part of a run: {@code struct
   * Position} at 0, then [steps, R, S] scalars, [R] seeds, [R, rows] order, and the rows if they
   * are streamed.
   */
  record Input(long scalars, long seeds, long order, long x, long y, long weights, long end) {}

  /**
   * Lays out the input of a part.
   *
   * @param scalarBytes of all steps and replicas
   * @param rows of each replica
   */
  Input input(long scalarBytes, int replicas, int rows) {
    long streamedRows = streamed() ? (long) replicas * rows : 0;
    long seedsAt = aligned(POSITION_BYTES + scalarBytes);
    long orderAt = seedsAt + 8L * replicas;
    long xAt = aligned(orderAt + 4L * replicas * rows);
    long yAt = aligned(xAt + xRowBytes() * streamedRows);
    long weightsAt = aligned(yAt + yRowBytes() * streamedRows);
    long end = weightsAt + weightBytes() * streamedRows;
    return new Input(POSITION_BYTES, seedsAt, orderAt, xAt, yAt, weightsAt, end);
  }

  private static long aligned(long bytes) {
    return (bytes + 255) / 256 * 256;
  }

  /**
   * The position at the first step of a part; kernels know it as {@code struct Position} of
   * kernels/common.cu.
   *
   * @param order address of the rows of each step, orderStride of each replica
   * @param results address of [steps, resultFloats] floats
   * @param iteration number of updates before this part
   */
  private record Position(
      long x,
      long y,
      long order,
      long scalars,
      long results,
      boolean bytesX,
      boolean bytesY,
      int orderStride,
      float scale,
      float offset,
      long weights,
      long seeds,
      long iteration)
      implements Struct.Fields {
    @Override
    public void writeTo(Struct struct) {
      struct.pointer(x).pointer(y).pointer(order).pointer(scalars).pointer(results);
      struct.integer(bytesX ? 1 : 0).integer(bytesY ? 1 : 0).integer(orderStride);
      struct.integer(0).real(scale).real(offset); // 0: the step
      struct.pointer(weights).pointer(seeds).wide(iteration);
    }
  }

  /**
   * Writes the position to the start of the input of a part.
   *
   * @param base address of the input on the device
   * @param results address of [steps, resultFloats] floats
   * @param rows of each replica
   * @param iteration number of updates before this part
   */
  void writePosition(
      ByteBuffer target, Input at, long base, long results, int rows, long iteration) {
    Position position =
        new Position(
            streamed() ? base + at.x : xAddress,
            streamed() ? base + at.y : yAddress,
            base + at.order,
            base + at.scalars,
            results,
            x.type() == Tensor.Type.UINT8,
            y != null && y.type() == Tensor.Type.UINT8,
            rows,
            scale,
            offset,
            weights == null ? 0 : streamed() ? base + at.weights : weightsAddress,
            base + at.seeds,
            iteration);
    new Struct(target, 0).nested(position);
  }

  /**
   * Writes the order [R, rows]. If rows are streamed, it also writes the rows: [R, rows, I], [R,
   * rows, K] and [R, rows]; their order is 0, 1, 2, ..., or -1 if there is no sample.
   *
   * @param order [R, any], read from index first
   */
  void writeRows(ByteBuffer target, Input at, int[] order, int replicas, int first, int rows) {
    int length = order.length / replicas;
    if (!streamed()) {
      target.position((int) at.order);
      IntBuffer integers = target.asIntBuffer();
      target.position(0);
      for (int replica = 0; replica < replicas; replica++) {
        integers.put(order, replica * length + first, rows);
      }
      return;
    }
    int next = 0;
    for (int replica = 0; replica < replicas; replica++) {
      for (int i = 0; i < rows; i++, next++) {
        int row = order[replica * length + first + i];
        target.putInt((int) at.order + 4 * next, row < 0 ? -1 : next);
        if (row >= 0) {
          put(x, row * x.rowSize(), x.rowSize(), target, (int) at.x + next * xRowBytes());
          if (y != null) {
            put(y, row * y.rowSize(), y.rowSize(), target, (int) at.y + next * yRowBytes());
          }
          if (weights != null) {
            target.putFloat((int) at.weights + 4 * next, weights.get(row));
          }
        }
      }
    }
  }

  void requireOpen() {
    if (closed) {
      throw new IllegalStateException("backend cuda: the samples are closed");
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
