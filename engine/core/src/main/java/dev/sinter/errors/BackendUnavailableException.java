package dev.sinter.errors;

/**
 * The requested backend cannot run on this machine, or no backend can. Immutable: any number of
 * threads may use it.
 */
public final class BackendUnavailableException extends InputException {
  private static final long serialVersionUID = 1L;

  private final String backend;

  /**
   * Creates an exception with a complete message.
   *
   * @param backend the requested name, possibly auto
   */
  public BackendUnavailableException(String backend, String message) {
    super(message);
    this.backend = backend;
  }

  /** Returns the name of the requested backend; auto if no backend can run. */
  public String backend() {
    return backend;
  }
}
