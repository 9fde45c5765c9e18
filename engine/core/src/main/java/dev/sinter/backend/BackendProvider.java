package dev.sinter.backend;

import java.util.Map;

/**
 * Provides one backend; found by {@link java.util.ServiceLoader}.
 *
 * <p>The constructor, {@link #name} and {@link #rank} must not load natives. Used by one thread at
 * a time.
 */
public interface BackendProvider {
  /** Returns the name by which users choose the backend. */
  String name();

  /** Returns the rank for {@code auto}, which takes the usable backend with the highest rank. */
  int rank();

  /** Checks whether the backend can run here; never throws and never prints. */
  Probe probe();

  /**
   * Opens the backend.
   *
   * @throws dev.sinter.errors.InputException if the backend does not support an option
   */
  Backend open(BackendOptions options);

  /**
   * Returns a remark on this backend for the log when {@code auto} takes a better one, such as the
   * reason why no GPU was found; usually empty. Only {@code auto} calls it; loads no natives.
   */
  default String remark() {
    return "";
  }

  /**
   * Returns environment variables that the natives read at startup, with the fastest values for
   * this machine. Set them before the JVM starts. Loads no natives.
   */
  default Map<String, String> environment() {
    return Map.of();
  }

  /**
   * Determines the kernels, libraries and thread counts in use; never throws. Only {@code sinter
   * info} calls it, and only if the probe found the backend usable. It may load more natives than
   * training does.
   */
  default Details details() {
    return Details.NONE;
  }
}
