package dev.sinter.backend;

import dev.sinter.program.Fusion;
import dev.sinter.program.Program;
import java.util.Map;
import java.util.function.BiFunction;

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

  /**
   * Predicts the costs of training steps on a device that need not be here, as a table for people.
   * Loads no natives.
   *
   * @param device such as h100
   * @param batch the usual batch size
   * @param steps compiles the training step for a batch size and the operations that are fused
   * @return empty if this backend has no model of devices
   * @throws dev.sinter.errors.InputException if it does not know the device
   */
  default String predict(String device, int batch, BiFunction<Integer, Fusion, Program> steps) {
    return "";
  }
}
