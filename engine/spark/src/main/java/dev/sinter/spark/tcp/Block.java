package dev.sinter.spark.tcp;

/**
 * The part of an all-reduce that is under way, and who sums what of it: the floats are cut into a
 * piece for each rank. One object serves all blocks of a group, one after another.
 */
final class Block {
  private final int rank;
  private final int size;
  private float[] values = new float[0];
  private int from;
  private int length;
  private int number;
  private int remaining;
  private int summed;

  Block(int rank, int size) {
    this.rank = rank;
    this.size = size;
  }

  /**
   * Begins a block.
   *
   * @param number of the all-reduce, from 0 on
   * @param from where the block begins in the values
   * @param length of the block
   * @param remaining floats of the all-reduce from the block's beginning on
   */
  void begin(int number, float[] values, int from, int length, int remaining) {
    this.number = number;
    this.values = values;
    this.from = from;
    this.length = length;
    this.remaining = remaining;
    summed = 0;
  }

  /** Returns where in the values the piece of a rank begins. */
  int start(int ofRank) {
    return from + (int) ((long) length * ofRank / size);
  }

  /** Returns the length of the piece of a rank. */
  int length(int ofRank) {
    return start(ofRank + 1) - start(ofRank);
  }

  /** Returns the rank of this process. */
  int rank() {
    return rank;
  }

  int size() {
    return size;
  }

  float[] values() {
    return values;
  }

  int number() {
    return number;
  }

  int remaining() {
    return remaining;
  }

  /** Returns how many floats of this process's piece are summed. */
  int summed() {
    return summed;
  }

  void summed(int count) {
    summed = count;
  }
}
