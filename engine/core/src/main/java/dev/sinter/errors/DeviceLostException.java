package dev.sinter.errors;

/** A device failed and is lost to this process: only a new process can use it again. */
public final class DeviceLostException extends RunException {
  private static final long serialVersionUID = 1L;

  /** Creates an exception with a complete message. */
  public DeviceLostException(String message) {
    super(message);
  }
}
