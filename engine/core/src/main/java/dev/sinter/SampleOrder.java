package dev.sinter;

import dev.sinter.data.Dataset;
import dev.sinter.program.Philox;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The order of the samples, epoch by epoch; the next one is made while an epoch runs. */
final class SampleOrder {
  /** Rows that take longer to shuffle, 100 us and more, than to ask another thread for it. */
  private static final int LONG_ORDER = 1 << 14;

  private final Dataset data;
  private final long seed;
  private final boolean shuffled;
  private @Nullable CompletableFuture<int[]> next; // null where nobody makes one
  private int nextIndex; // of the shuffle that it is made with

  SampleOrder(Dataset data, long seed, boolean shuffled) {
    this.data = data;
    this.seed = seed;
    this.shuffled = shuffled;
  }

  /** Returns the rows of a dataset one after another. */
  static int[] inOrder(Dataset data) {
    return IntStream.range(data.firstRow(), data.firstRow() + data.size()).toArray();
  }

  /** Returns the order of an epoch: a function of the seed and the epoch's number. */
  int[] of(int epoch, boolean last) {
    if (!shuffled) {
      return inOrder(data);
    }
    int[] order = next != null && nextIndex == epoch ? next.join() : shuffle(epoch);
    nextIndex = epoch + 1;
    next =
        data.size() >= LONG_ORDER && !last
            ? CompletableFuture.supplyAsync(() -> shuffle(epoch + 1))
            : null;
    return order;
  }

  private int[] shuffle(int epoch) {
    int[] order = inOrder(data);
    new Philox(seed, Philox.Stream.SHUFFLE, epoch).shuffle(order);
    return order;
  }
}
