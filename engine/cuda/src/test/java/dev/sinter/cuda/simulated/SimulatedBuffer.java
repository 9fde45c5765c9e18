package dev.sinter.cuda.simulated;

import dev.sinter.cuda.driver.PinnedBuffer;
import dev.sinter.errors.RunException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Host memory, initially filled with 0xFF. */
final class SimulatedBuffer implements PinnedBuffer {
  private final SimulatedDevice device;
  private ByteBuffer bytes;

  SimulatedBuffer(SimulatedDevice device, long size) {
    if (size < 1 || size > Integer.MAX_VALUE) {
      throw new RunException("cuMemHostAlloc: CUDA_ERROR_INVALID_VALUE for " + size + " bytes");
    }
    this.device = device;
    this.bytes = SimulatedNative.allocatePinned(size).order(ByteOrder.nativeOrder());
  }

  @Override
  public ByteBuffer bytes() {
    if (bytes == null) {
      throw new RunException("a pinned buffer was used after it was closed");
    }
    return bytes;
  }

  @Override
  public void close() {
    if (bytes != null) {
      device.release(this);
      SimulatedNative.freePinned(bytes);
      bytes = null;
    }
  }
}
