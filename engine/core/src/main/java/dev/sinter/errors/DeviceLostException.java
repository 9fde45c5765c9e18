package dev.sinter.errors;

/**
 * A device failed and this process can no longer use it; only a new process can. Immutable: any
 * number of threads may use it.
 */
public final class DeviceLostException extends RunException {
  private static final long serialVersionUID = 1L;

  /** Creates an exception with a complete message. */
  public DeviceLostException(String message) {
    super(message);
  }
}
