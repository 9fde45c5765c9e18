package dev.sinter.dashboard;

/** Why a request is not answered: an HTTP status of 4xx, or 503, and one line for people. */
final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  final int status;

  Refusal(int status, String reason) {
    super(reason, null, false, false); // no stack trace: it is an answer
    this.status = status;
  }
}
