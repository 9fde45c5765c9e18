package dev.sinter.errors;

/**
 * Something the caller can mend: an argument, a file, a shape, a label, a backend that cannot run
 * here, a model that does not fit the device.
 */
public sealed class InputException extends SinterException
    permits BackendUnavailableException, OutOfDeviceMemoryException {
  private static final long serialVersionUID = 1L;

  /** Creates an exception with a complete message. */
  public InputException(String message) {
    super(message, null);
  }

  /** Creates an exception with a complete message and what caused it. */
  public InputException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * Creates an exception whose message reads "where: expected E, received R. Remedy."
   *
   * @param where the layer, file, option or argument, by name
   * @param expected what would have been right
   * @param received what was found (values; shapes as [2, 3])
   * @param remedy what to do, a sentence without its full stop
   */
  public static InputException of(String where, Object expected, Object received, String remedy) {
    return of(where, expected, received, remedy, null);
  }

  /** As {@link #of(String, Object, Object, String)}, with what caused it, or null. */
  public static InputException of(
      String where, Object expected, Object received, String remedy, Throwable cause) {
    return new InputException(message(where, expected, received, remedy), cause);
  }
}
