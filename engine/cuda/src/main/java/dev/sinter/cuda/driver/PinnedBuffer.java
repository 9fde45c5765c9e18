package dev.sinter.cuda.driver;

import java.nio.ByteBuffer;

/** Host memory that the device can copy from and to without a detour. */
public interface PinnedBuffer extends AutoCloseable {
  /** Returns all of it, direct, in native byte order; the same object each time. */
  ByteBuffer bytes();

  /** Gives it back; copies under way must have ended. */
  @Override
  void close();
}
