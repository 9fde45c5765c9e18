package dev.sinter.spark.tcp;

import dev.sinter.errors.RunException;

/** The group is of no use any more. Stays within this package. */
final class GroupLostException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int culprit;
  private final String expected;
  private final String received;
  private final String remedy;

  /**
   * Creates an exception.
   *
   * @param culprit the rank because of which the group is lost, as far as is known here
   * @param remedy what to do, a sentence without its full stop
   */
  GroupLostException(int culprit, String expected, String received, String remedy) {
    super(received);
    this.culprit = culprit;
    this.expected = expected;
    this.received = received;
    this.remedy = remedy;
  }

  int culprit() {
    return culprit;
  }

  /** Returns this as an error for users. */
  RunException at(String where) {
    return RunException.of(where, expected, received, remedy, null);
  }
}
