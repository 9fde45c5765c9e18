package dev.sinter.errors;

import org.jspecify.annotations.Nullable;

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

  /** Creates an exception with a complete message, and with the cause or null. */
  public RunException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** Like {@link InputException#of(String, Object, Object, String)}, with the cause or null. */
  public static RunException of(
      String where,
      Object expected,
      @Nullable Object received,
      String remedy,
      @Nullable Throwable cause) {
    return new RunException(message(where, expected, received, remedy), cause);
  }
}
