package dev.sinter.onednn;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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
    List<CompletableFuture<Void>> helpers = new ArrayList<>();
    try {
      for (int i = 1; i < Math.min(count, threads); i++) {
        String name = "sinter-onednn-" + i;
        helpers.add(CompletableFuture.runAsync(work, helper -> start(helper, name)));
      }
      work.run();
    } finally { // a thread may not have started: those that did use memory of the caller's
      helpers.forEach(CompletableFuture::join); // whatever comes; an interrupt stays noted
    }
    if (failure.get() instanceof RuntimeException e) {
      throw e;
    } else if (failure.get() instanceof Error e) {
      throw e;
    }
  }

  private static void start(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }
}
