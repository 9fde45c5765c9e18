package dev.sinter.onednn;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Owns native objects and frees them once, in reverse order. Any thread may close it: a user
 * thread, or the cleaner thread after the session became unreachable.
 */
final class NativeOwner implements Runnable {
  private final Deque<Runnable> closers = new ArrayDeque<>();

  /** Takes over an object; the closer must not refer to the session. */
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
