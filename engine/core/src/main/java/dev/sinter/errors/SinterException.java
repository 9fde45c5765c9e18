package dev.sinter.errors;

import org.jspecify.annotations.Nullable;

/**
 * The root of all exceptions that Sinter throws on purpose. Any other exception is a defect of
 * Sinter or of the calling program.
 *
 * <p>A message has three parts: where it happened, what was expected against what was received, and
 * what to do.
 *
 * <p>Immutable: any number of threads may use it.
 */
public abstract sealed class SinterException extends RuntimeException
    permits InputException, RunException {
  private static final long serialVersionUID = 1L;

  /** Creates an exception with a complete message. */
  protected SinterException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  static String message(String where, Object expected, @Nullable Object received, String remedy) {
    return where + ": expected " + expected + ", received " + received + ". " + remedy + ".";
  }
}
