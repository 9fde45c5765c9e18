package dev.sinter.errors;

import org.jspecify.annotations.Nullable;

/**
 * An error that the caller can fix: an argument, a file, a shape, a label, a backend that cannot
 * run here, a model that does not fit the device.
 *
 * <p>Immutable: any number of threads may use it.
 */
public sealed class InputException extends SinterException
    permits BackendUnavailableException, OutOfDeviceMemoryException {
  private static final long serialVersionUID = 1L;

  /** Creates an exception with a complete message. */
  public InputException(String message) {
    super(message, null);
  }

  /** Creates an exception with a complete message, and with the cause or null. */
  public InputException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /**
   * Creates an exception whose message reads "where: expected E, received R. Remedy."
   *
   * @param where the layer, file, option or argument, by name
   * @param expected the valid input
   * @param received the actual input (values; shapes as [2, 3])
   * @param remedy what to do, a sentence without its full stop
   */
  public static InputException of(
      String where, Object expected, @Nullable Object received, String remedy) {
    return of(where, expected, received, remedy, null);
  }

  /** Like {@link #of(String, Object, Object, String)}, with the cause or null. */
  public static InputException of(
      String where,
      Object expected,
      @Nullable Object received,
      String remedy,
      @Nullable Throwable cause) {
    return new InputException(message(where, expected, received, remedy), cause);
  }
}
