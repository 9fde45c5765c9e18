package dev.sinter.onednn;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;

/** Distributes independent tasks over threads that live for one call; the caller is one of them. */
final class Workers {
  private Workers() {}

  /**
   * Runs tasks 0 to count - 1 and returns when all have ended. Rethrows the exception of the first
   * task that fails; tasks not yet started are skipped.
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
          } catch (Throwable e) { // rethrown by the caller
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
    } finally { // wait for all threads: they use memory of the caller
      helpers.forEach(CompletableFuture::join); // not interruptible; the interrupt flag is kept
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
