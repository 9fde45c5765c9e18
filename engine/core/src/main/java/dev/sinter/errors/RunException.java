package dev.sinter.errors;

/**
 * A failure at run time that does not depend on the input alone: NaN loss, disk full, device lost.
 *
 * <p>Immutable: any number of threads may use it.
 */
public sealed class RunException extends SinterException
    permits TrainingDivergedException, DeviceLostException {
  private static final long serialVersionUID = 1L;

  /** Creates an exception with a complete message. */
  public RunException(String message) {
    super(message, null);
  }

  /** Creates an exception with a complete message and a cause. */
  public RunException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Like {@link InputException#of(String, Object, Object, String)}, with the cause or null. */
  public static RunException of(
      String where, Object expected, Object received, String remedy, Throwable cause) {
    return new RunException(message(where, expected, received, remedy), cause);
  }
}
