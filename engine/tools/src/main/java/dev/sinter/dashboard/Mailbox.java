package dev.sinter.dashboard;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/**
 * What one page is still to be told: a bounded queue that loses its oldest message when it is full,
 * and says so. Putting never waits.
 */
final class Mailbox {
  /** Told in place of the messages that were lost: the page asks for everything again. */
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

  /** Returns the next message, or null when none came within some time or the box is closed. */
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
