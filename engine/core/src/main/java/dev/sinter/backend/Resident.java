package dev.sinter.backend;

/**
 * Samples that a {@link Session} keeps where its programs run. Used by one thread at a time, with
 * its session.
 */
public interface Resident extends AutoCloseable {
  /** Gives the memory back; executables must not use it afterwards. */
  @Override
  void close();
}
