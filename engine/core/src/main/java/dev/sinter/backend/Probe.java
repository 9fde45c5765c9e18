package dev.sinter.backend;

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
}
