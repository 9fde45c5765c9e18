package dev.sinter.errors;

/** A backend that was asked for cannot run on this machine, or none can. */
public final class BackendUnavailableException extends InputException {
  private static final long serialVersionUID = 1L;

  private final String backend;

  /**
   * Creates an exception with a complete message.
   *
   * @param backend the name that was asked for, auto included
   */
  public BackendUnavailableException(String backend, String message) {
    super(message);
    this.backend = backend;
  }

  /** Returns the name of the backend that was asked for; auto where none can run. */
  public String backend() {
    return backend;
  }
}
