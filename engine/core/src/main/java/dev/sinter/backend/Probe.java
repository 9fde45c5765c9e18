package dev.sinter.backend;

import dev.sinter.errors.BackendUnavailableException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether a backend can run here. Immutable: any number of threads may use it.
 *
 * @param usable whether it can
 * @param device on what it would run; empty when it cannot
 * @param detail library versions when it can; otherwise the reason: what was looked for, what was
 *     found, what to do
 * @param versions of libraries by name, in order; empty when it cannot run
 */
public record Probe(boolean usable, String device, String detail, Map<String, String> versions) {
  /** Says that the backend can run. */
  public static Probe usable(String device, String detail) {
    return new Probe(true, device, detail, Map.of());
  }

  /**
   * Says that the backend can run.
   *
   * @param versions of its libraries by name
   * @param more what else is worth telling, such as threads; may be empty
   */
  public static Probe usable(String device, Map<String, String> versions, String more) {
    List<String> parts = new ArrayList<>();
    versions.forEach((library, version) -> parts.add(library + " " + version));
    if (!more.isEmpty()) {
      parts.add(more);
    }
    return new Probe(true, device, String.join(", ", parts), new LinkedHashMap<>(versions));
  }

  /** Says that it cannot, and why. */
  public static Probe refused(String reason) {
    return new Probe(false, "", reason, Map.of());
  }

  /**
   * Says that natives did not load, in one line, for whatever loading them threw.
   *
   * @param library what did not load
   * @param remedy what to do, if the failure itself does not tell
   */
  public static Probe notLoaded(String library, Throwable failure, String remedy) {
    return refused(new NativeFailure(failure).notLoaded(library, remedy));
  }

  /**
   * Checks that the backend can run.
   *
   * @throws BackendUnavailableException with the reason when it cannot
   */
  public Probe requireUsable(String backend) {
    if (!usable) {
      throw new BackendUnavailableException(
          backend, "Backend " + backend + " cannot run here: " + detail + ".");
    }
    return this;
  }
}
