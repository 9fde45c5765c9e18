package dev.sinter;

import dev.sinter.backend.Feed;
import org.jspecify.annotations.Nullable;

/**
 * Samples on the backend, window by window: all of a dataset are one window, a stream has many. A
 * pass leads through all of them once. Used by one thread at a time.
 */
interface Windows extends AutoCloseable {
  /** What {@link #size} says where nobody knows the number of samples. */
  long UNKNOWN = -1;

  /**
   * A part of a pass.
   *
   * @param feed its samples, in the order in which they are used
   * @param rows how many they are
   * @param last whether the pass ends with it
   */
  record Window(Feed feed, int rows, boolean last) {}

  /** Returns the number of samples of a pass, or {@link #UNKNOWN}. */
  long size();

  /**
   * Begins a pass, once the one before has ended.
   *
   * @param shuffle the number of its order, for samples that are shuffled
   * @param last whether no other pass will follow
   */
  void begin(int shuffle, boolean last);

  /**
   * Returns the next window of a pass; the one before must not be used any more. Returns null where
   * the wait for it was ended from outside.
   */
  @Nullable Window next();

  /** Returns the time that was spent waiting for samples. */
  default long waitedNanos() {
    return 0;
  }

  @Override
  void close();
}
