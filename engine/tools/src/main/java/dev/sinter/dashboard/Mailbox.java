package dev.sinter.dashboard;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/**
 * The pending messages of one page: a bounded queue that drops its oldest message when full and
 * reports the loss. Putting never waits.
 */
final class Mailbox {
  /** Replaces the lost messages; the page then requests everything again. */
  static final String LOST = "event: lost\ndata: {}\n\n";

  private final int capacity;
  private final ArrayDeque<String> messages = new ArrayDeque<>();
  private boolean lost;
  private boolean closed;

  Mailbox(int capacity) {
    this.capacity = capacity;
  }

  synchronized void put(String message) {
    if (messages.size() == capacity) {
      messages.removeFirst();
      lost = true;
    }
    messages.addLast(message);
    notifyAll();
  }

  /** Returns the next message, or null after a timeout or if the mailbox is closed. */
  synchronized String take(long milliseconds) throws InterruptedException {
    long left = TimeUnit.MILLISECONDS.toNanos(milliseconds);
    long end = System.nanoTime() + left;
    while (messages.isEmpty() && !closed && left > 0) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
      left = end - System.nanoTime();
    }
    if (lost) {
      lost = false;
      return LOST;
    }
    return messages.pollFirst();
  }

  synchronized void close() {
    closed = true;
    notifyAll();
  }

  synchronized boolean isClosed() {
    return closed;
  }
}
