package dev.sinter.backend;

/**
 * Samples that a {@link Session} keeps in the memory of the device.
 *
 * <p>Used by one thread at a time, with its session.
 */
public interface Resident extends AutoCloseable {
  /** Frees the memory; executables must not use it afterwards. */
  @Override
  void close();
}
