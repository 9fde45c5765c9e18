package dev.sinter.backend;

/**
 * The failure to load a native library, for one line to the user. Immutable: any number of threads
 * may use it.
 *
 * @param thrown by the loader: an error of linking or class loading, or any exception
 */
public record NativeFailure(Throwable thrown) {
  /** What Linux says of a library on a file system mounted noexec. */
  private static final String NOT_EXECUTABLE = "failed to map segment from shared object";

  /** Returns the innermost cause as one line. */
  public String cause() {
    Throwable cause = thrown;
    while (cause.getCause() != null && cause.getCause() != cause) {
      cause = cause.getCause();
    }
    String message = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    return cause.getClass().getSimpleName() + ": " + message;
  }

  /**
   * Returns what to do: to move JavaCPP's cache, if it lies where nothing may be executed, and
   * something else otherwise.
   */
  public String remedy(String otherwise) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (String.valueOf(cause.getMessage()).contains(NOT_EXECUTABLE)) {
        return "the natives were unpacked to a file system that is mounted noexec: start the JVM"
            + " with -Dorg.bytedeco.javacpp.cachedir=FOLDER, a folder on another one";
      }
    }
    return otherwise;
  }

  /**
   * Says that a library did not load.
   *
   * @param otherwise what to do if the failure itself does not tell
   */
  public String notLoaded(String library, String otherwise) {
    return library + " did not load (" + cause() + "); " + remedy(otherwise);
  }
}
