package dev.sinter.errors;

/** A device has too little memory. Immutable: any number of threads may use it. */
public final class OutOfDeviceMemoryException extends InputException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param where the call and the device
   * @param expected the required memory
   * @param received the available memory
   * @param remedy what to do, a sentence without its full stop
   */
  public OutOfDeviceMemoryException(String where, Object expected, Object received, String remedy) {
    super(message(where, expected, received, remedy));
  }
}
