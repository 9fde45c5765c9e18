package dev.sinter.backend;

import dev.sinter.errors.BackendUnavailableException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether a backend can run here.
 *
 * <p>Immutable: any number of threads may use it.
 *
 * @param usable whether it can run
 * @param device the device it would use; empty if it cannot run
 * @param detail library versions if it can run; otherwise the reason: what was searched for, what
 *     was found, what to do
 * @param versions library versions by name, in order; empty if it cannot run
 */
public record Probe(boolean usable, String device, String detail, Map<String, String> versions) {
  /** Reports that the backend can run. */
  public static Probe usable(String device, String detail) {
    return new Probe(true, device, detail, Map.of());
  }

  /**
   * Reports that the backend can run.
   *
   * @param versions library versions by name
   * @param more further details, such as the threads; may be empty
   */
  public static Probe usable(String device, Map<String, String> versions, String more) {
    List<String> parts = new ArrayList<>();
    versions.forEach((library, version) -> parts.add(library + " " + version));
    if (!more.isEmpty()) {
      parts.add(more);
    }
    return new Probe(true, device, String.join(", ", parts), new LinkedHashMap<>(versions));
  }

  /** Reports that the backend cannot run, with the reason. */
  public static Probe refused(String reason) {
    return new Probe(false, "", reason, Map.of());
  }

  /**
   * Reports in one line that natives did not load.
   *
   * @param library the library that did not load
   * @param failure the exception thrown while loading
   * @param remedy what to do
   */
  public static Probe notLoaded(String library, Throwable failure, String remedy) {
    return refused(new NativeFailure(failure).notLoaded(library, remedy));
  }

  /**
   * Checks that the backend can run.
   *
   * @throws BackendUnavailableException with the reason if it cannot run
   */
  public Probe requireUsable(String backend) {
    if (!usable) {
      throw new BackendUnavailableException(
          backend, "Backend " + backend + " cannot run here: " + detail + ".");
    }
    return this;
  }
}
