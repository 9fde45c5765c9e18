package dev.sinter;

/**
 * How many steps run at a time: as many as take 50 to 100 ms, so that there is something new to see
 * and a training can be ended, and one by one for batch callbacks.
 *
 * <p>Lengths are powers of two: a backend that prepares something for each length meets few.
 */
final class ChunkSizer {
  static final long LONGEST_NANOS = 100_000_000;
  private static final int EPOCH = 1 << 30;

  private final boolean adapts;
  private int steps;

  private ChunkSizer(int steps, boolean adapts) {
    this.steps = steps;
    this.adapts = adapts;
  }

  /** Starts with one step; stays there for batch callbacks. */
  static ChunkSizer of(boolean batches) {
    return new ChunkSizer(1, !batches);
  }

  /** Returns the length of the next chunk at most. */
  int steps() {
    return steps;
  }

  /** Returns the length of any chunk at most. */
  int longest() {
    return adapts ? EPOCH : steps;
  }

  /** Learns from a chunk that has run. */
  void ran(int count, long nanos) {
    if (adapts) {
      long fitting = Math.max(1, LONGEST_NANOS * count / Math.max(1, nanos));
      int power = (int) Long.highestOneBit(Math.min(fitting, EPOCH));
      // Doubled at most: the first step is slow, and the last, partial batch is fast.
      steps = (int) Math.min(power, 2L * steps);
    }
  }
}
