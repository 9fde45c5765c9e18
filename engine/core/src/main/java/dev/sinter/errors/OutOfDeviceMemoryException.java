package dev.sinter.errors;

/** A device has too little memory for what it was given. */
public final class OutOfDeviceMemoryException extends InputException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates an exception.
   *
   * @param where the call and the device
   * @param expected the memory that is needed
   * @param received the memory that there is
   * @param remedy what to do, a sentence without its full stop
   */
  public OutOfDeviceMemoryException(String where, Object expected, Object received, String remedy) {
    super(message(where, expected, received, remedy));
  }
}
