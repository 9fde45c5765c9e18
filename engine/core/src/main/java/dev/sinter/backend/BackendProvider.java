package dev.sinter.backend;

import java.util.Map;

/**
 * Makes one backend known; found by {@link java.util.ServiceLoader}.
 *
 * <p>Constructors and {@link #name} and {@link #rank} must load no natives. Used by one thread at a
 * time.
 */
public interface BackendProvider {
  /** Returns the name that {@code --backend} takes. */
  String name();

  /**
   * Returns the place in the order of {@code auto}: the usable backend with the highest rank is
   * taken.
   */
  int rank();

  /** Finds out whether the backend can run here; never throws and never prints. */
  Probe probe();

  /**
   * Opens the backend.
   *
   * @throws dev.sinter.errors.InputException when an option does not suit it
   */
  Backend open(BackendOptions options);

  /**
   * Returns what the log should say of this backend where {@code auto} took a better one, such as
   * why it found no GPU; empty in general. Called by {@code auto} alone; loads no natives.
   */
  default String remark() {
    return "";
  }

  /**
   * Returns the environment variables that the natives read once, with the values they train
   * fastest with here: for whoever starts a JVM. Loads no natives.
   */
  default Map<String, String> environment() {
    return Map.of();
  }

  /**
   * Finds out which kernels, libraries and thread counts are really used; never throws. Called
   * where the probe found the backend usable, by {@code sinter info} alone: may load more natives
   * than training does.
   */
  default Details details() {
    return Details.NONE;
  }
}
