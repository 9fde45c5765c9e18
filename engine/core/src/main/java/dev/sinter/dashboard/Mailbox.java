package dev.sinter.dashboard;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What one page is still to be told: a bounded queue that loses its oldest message when it is full,
 * and says so. Putting never waits.
 */
final class Mailbox {
  /** Told in place of the messages that were lost: the page asks for everything again. */
  static final String LOST = "event: lost\ndata: {}\n\n";

  private final int capacity;
  private final ArrayDeque<String> messages = new ArrayDeque<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private boolean lost;
  private boolean closed;

  Mailbox(int capacity) {
    this.capacity = capacity;
  }

  void put(String message) {
    lock.lock();
    try {
      if (messages.size() == capacity) {
        messages.removeFirst();
        lost = true;
      }
      messages.addLast(message);
      arrived.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Returns the next message, or null when none came within some time or the box is closed. */
  String take(long milliseconds) throws InterruptedException {
    long left = TimeUnit.MILLISECONDS.toNanos(milliseconds);
    lock.lock();
    try {
      while (messages.isEmpty() && !closed && left > 0) {
        left = arrived.awaitNanos(left);
      }
      if (lost) {
        lost = false;
        return LOST;
      }
      return messages.pollFirst();
    } finally {
      lock.unlock();
    }
  }

  void close() {
    lock.lock();
    try {
      closed = true;
      arrived.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }
}
