package dev.sinter;

import dev.sinter.distributed.Parts;

/**
 * A place in a pass over the samples of all processes of a group, of which this process has its
 * part. Rows are counted over all processes; {@link #row} alone is the place in the own part.
 */
final class PartCursor extends SampleCursor {
  private final Parts parts;
  private final int rank;
  private final long all;
  private long done;

  /**
   * Starts before the first pass.
   *
   * @param windows the own samples, one window a pass
   * @param all the samples of all processes
   */
  PartCursor(Windows windows, Parts parts, int rank, long all) {
    super(windows);
    this.parts = parts;
    this.rank = rank;
    this.all = all;
  }

  @Override
  void begin(int number, boolean last) {
    super.begin(number, last);
    super.left(); // the one window
    done = 0;
  }

  @Override
  boolean isAtEnd() {
    return isInPass() && done == all;
  }

  @Override
  int left() {
    return (int) Math.min(all - done, Integer.MAX_VALUE);
  }

  @Override
  int row() {
    return (int) parts.rowsOf(rank, done);
  }

  @Override
  void advance(int rows) {
    done += rows;
  }

  @Override
  long done() {
    return done;
  }

  @Override
  void skip(long samples) {
    done = samples;
  }
}
