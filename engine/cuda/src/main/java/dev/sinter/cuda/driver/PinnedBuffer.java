package dev.sinter.cuda.driver;

import java.nio.ByteBuffer;

/** Page-locked host memory, which the device can copy from and to directly. */
public interface PinnedBuffer extends AutoCloseable {
  /** Returns the whole buffer, direct, in native byte order; the same object each time. */
  ByteBuffer bytes();

  /** Frees the buffer; all copies must have ended. */
  @Override
  void close();
}
