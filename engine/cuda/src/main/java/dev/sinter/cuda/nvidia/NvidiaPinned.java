package dev.sinter.cuda.nvidia;

import static org.bytedeco.cuda.global.cudart.*;

import dev.sinter.cuda.driver.PinnedBuffer;
import dev.sinter.errors.InputException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.javacpp.Pointer;

/** Page-locked host memory; closing its device frees it at the latest. */
final class NvidiaPinned implements PinnedBuffer {
  private final NvidiaDevice device;
  private final Pointer memory = new Pointer();
  private final Address cursor = new Address(0);
  private final ByteBuffer bytes;
  private boolean closed;

  /** Allocates the memory; the context of the device is current. */
  NvidiaPinned(NvidiaDevice device, long sizeBytes) {
    this.device = device;
    if (sizeBytes < 1 || sizeBytes > Integer.MAX_VALUE) {
      throw InputException.of(
          "pinned host memory",
          "1 to " + Integer.MAX_VALUE + " bytes per buffer",
          sizeBytes,
          "Use a smaller batch");
    }
    int result = cuMemAllocHost(memory, sizeBytes);
    if (result == Check.OUT_OF_MEMORY) {
      throw InputException.of(
          "pinned host memory",
          sizeBytes + " bytes that can be locked",
          Check.name(result),
          "Use a smaller batch, free memory, or raise the limit on locked memory (ulimit -l)");
    }
    Check.driver(result, "cuMemAllocHost");
    bytes = memory.capacity(sizeBytes).asByteBuffer().order(ByteOrder.nativeOrder());
  }

  @Override
  public ByteBuffer bytes() {
    if (closed) {
      throw new IllegalStateException("pinned host memory is closed");
    }
    return bytes;
  }

  /** Returns a pointer to a part; the same object each time. */
  Pointer at(long offset, long length) {
    if (closed || offset < 0 || length < 0 || offset + length > bytes.capacity()) {
      throw new IndexOutOfBoundsException(
          "pinned host memory of %s bytes: offset %s, length %s"
              .formatted(closed ? 0 : bytes.capacity(), offset, length));
    }
    return cursor.to(memory.address() + offset);
  }

  @Override
  public void close() {
    if (!closed) {
      device.release(this);
    }
  }

  /** Frees the memory and returns the CUresult; the context of the device is current. */
  int free() {
    closed = true;
    return cuMemFreeHost(memory);
  }
}
