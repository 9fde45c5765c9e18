package dev.sinter.backend;

import dev.sinter.errors.InputException;

/**
 * Whether a backend can run here.
 *
 * @param usable whether it can
 * @param device on what it would run; empty when it cannot
 * @param detail library versions when it can; otherwise the reason: what was looked for, what was
 *     found, what to do
 */
public record Probe(boolean usable, String device, String detail) {
  /** Says that the backend can run. */
  public static Probe usable(String device, String detail) {
    return new Probe(true, device, detail);
  }

  /** Says that it cannot, and why. */
  public static Probe refused(String reason) {
    return new Probe(false, "", reason);
  }

  /**
   * Says that natives did not load, in one line, for whatever loading them threw.
   *
   * @param library what did not load
   * @param remedy what to do
   */
  public static Probe notLoaded(String library, Throwable failure, String remedy) {
    Throwable cause = failure;
    while (cause.getCause() != null && cause.getCause() != cause) {
      cause = cause.getCause();
    }
    String message = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    return refused(
        library
            + " did not load ("
            + cause.getClass().getSimpleName()
            + ": "
            + message
            + "); "
            + remedy);
  }

  /**
   * Checks that the backend can run.
   *
   * @throws InputException with the reason when it cannot
   */
  public Probe requireUsable(String backend) {
    if (!usable) {
      throw new InputException("Backend " + backend + " cannot run here: " + detail + ".");
    }
    return this;
  }
}
