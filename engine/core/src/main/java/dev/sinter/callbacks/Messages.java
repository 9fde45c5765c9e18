package dev.sinter.callbacks;

/** Where callbacks print what Keras prints. */
final class Messages {
  private Messages() {}

  static void print(String message) {
    System.out.println(message);
  }
}
