package dev.sinter.errors;

/**
 * A failure at run time that no change of input would have prevented for sure: NaN loss, disk full,
 * device lost.
 */
public sealed class RunException extends SinterException
    permits TrainingDivergedException, DeviceLostException {
  private static final long serialVersionUID = 1L;

  /** Creates an exception with a complete message. */
  public RunException(String message) {
    super(message, null);
  }

  /** Creates an exception with a complete message and what caused it. */
  public RunException(String message, Throwable cause) {
    super(message, cause);
  }

  /** As {@link InputException#of(String, Object, Object, String)}, with what caused it, or null. */
  public static RunException of(
      String where, Object expected, Object received, String remedy, Throwable cause) {
    return new RunException(message(where, expected, received, remedy), cause);
  }
}
