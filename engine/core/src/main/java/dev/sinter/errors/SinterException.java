package dev.sinter.errors;

/**
 * The root of everything Sinter throws on purpose.
 *
 * <p>A message has three parts: where it happened, what was expected against what was received, and
 * what to do. The command line prints the message alone and exits with {@link #exitCode()}.
 */
public abstract sealed class SinterException extends RuntimeException
    permits InputException, RunException {
  private static final long serialVersionUID = 1L;

  /** Creates an exception with a complete message. */
  protected SinterException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * Returns 2 for what the user can mend in the command or its input, 1 for a failure at run time.
   */
  public abstract int exitCode();
}
