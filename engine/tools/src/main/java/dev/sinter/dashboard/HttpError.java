package dev.sinter.dashboard;

/**
 * The reason for refusing a request: an HTTP status of 4xx, or 503, and one human-readable line.
 */
final class HttpError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  final int status;

  HttpError(int status, String reason) {
    super(reason, null, false, false); // no stack trace: it becomes a response
    this.status = status;
  }
}
