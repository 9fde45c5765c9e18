package dev.sinter.onednn;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Owns native objects and gives them back in reverse order, once. Any thread may close it: the
 * user's, or the cleaner's after the session was forgotten.
 */
final class NativeOwner implements Runnable {
  private final Deque<Runnable> closers = new ArrayDeque<>();

  /** Takes over an object: the closer must not refer to the session. */
  synchronized void own(Runnable closer) {
    closers.push(closer);
  }

  @Override
  public synchronized void run() {
    while (!closers.isEmpty()) {
      closers.pop().run();
    }
  }
}
