package dev.sinter.benchmarks;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Copies the first half of a native region to its second half repeatedly, to measure the memory
 * bandwidth for this size. Each thread has a slice of both halves. Counts read plus written bytes.
 */
final class MemoryCopy implements AutoCloseable {
  private static final int LINE_BYTES = 64;

  private final ExecutorService executor;
  private final List<ByteBuffer> slices = new ArrayList<>(); // per thread: source, then target
  private int sliceBytes; // of one half
  private long owed; // requested bytes not yet moved

  /**
   * Allocates the region.
   *
   * @param bytes its size, both halves together
   * @param threads at least 1
   */
  MemoryCopy(long bytes, int threads) {
    long half = bytes / 2 / threads / LINE_BYTES * LINE_BYTES;
    this.sliceBytes = Math.toIntExact(Math.max(LINE_BYTES, half));
    ByteBuffer all =
        ByteBuffer.allocateDirect(2 * sliceBytes * threads + LINE_BYTES).alignedSlice(LINE_BYTES);
    for (int i = 0; i < threads; i++) {
      slices.add(all.slice(2 * sliceBytes * i, 2 * sliceBytes));
    }
    for (int i = 0; i < all.limit(); i++) {
      all.put(i, (byte) i);
    }
    this.executor =
        Executors.newFixedThreadPool(
            threads,
            body -> {
              Thread thread = new Thread(body, "memory copy");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Moves the given number of bytes, rounded to whole passes; the difference is carried over.
   *
   * @return the bytes read plus the bytes written
   */
  long move(long bytes) {
    owed += bytes;
    long passBytes = 2L * sliceBytes * slices.size();
    long passes = owed / passBytes;
    owed -= passes * passBytes;
    List<Callable<Object>> tasks = new ArrayList<>();
    for (ByteBuffer slice : slices) {
      tasks.add(Executors.callable(() -> copy(slice, passes)));
    }
    try {
      for (var done : executor.invokeAll(tasks)) {
        done.get();
      }
    } catch (InterruptedException | ExecutionException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the copy of memory was interrupted", e);
    }
    return passes * passBytes;
  }

  private void copy(ByteBuffer slice, long passes) {
    for (long i = 0; i < passes; i++) {
      slice.put(sliceBytes, slice, 0, sliceBytes);
    }
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
