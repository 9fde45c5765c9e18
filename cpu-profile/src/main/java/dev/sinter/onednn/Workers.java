package dev.sinter.onednn;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;

/** Spreads independent tasks over threads that live for one call; the caller is one of them. */
final class Workers {
  private Workers() {}

  /**
   * Runs tasks 0 to count - 1 and returns when all have ended. Throws what the first failing one
   * threw; tasks not begun by then are left out.
   */
  static void run(int count, int threads, IntConsumer task) {
    AtomicInteger next = new AtomicInteger();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Runnable work =
        () -> {
          try {
            for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
              task.accept(i);
            }
          } catch (Throwable e) { // handed over to the caller
            next.set(count);
            failure.compareAndSet(null, e);
          }
        };
    List<Thread> helpers = new ArrayList<>();
    boolean interrupted = false;
    try {
      for (int i = 1; i < Math.min(count, threads); i++) {
        Thread helper = new Thread(work, "sinter-onednn-" + i);
        helper.setDaemon(true);
        helper.start();
        helpers.add(helper);
      }
      work.run();
    } finally { // a thread may not have started: those that did use memory of the caller's
      for (Thread helper : helpers) {
        interrupted |= join(helper);
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (failure.get() instanceof RuntimeException e) {
      throw e;
    } else if (failure.get() instanceof Error e) {
      throw e;
    }
  }

  /** Waits for a thread that uses native memory, whatever comes; returns whether interrupted. */
  private static boolean join(Thread thread) {
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        return interrupted;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
  }
}
