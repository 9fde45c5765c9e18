package dev.sinter.onednn;

/** Which products have their operands rounded to bf16. */
enum Rounding {
  /** None: every product is in float32. */
  NONE,

  /** Those that save more time in bf16 than the copies of their operands take. */
  LARGE,

  /** All, for tests. */
  ALL;

  private static final long MULTIPLICATIONS = 5_000_000;

  /** Narrower matrices, such as the outputs of ten classes, are slower in bf16. */
  private static final int SIDE = 32;

  /**
   * Returns whether a product is rounded.
   *
   * @param side the shortest side of its matrices
   */
  boolean rounds(long multiplications, int side) {
    return this == ALL || this == LARGE && multiplications >= MULTIPLICATIONS && side >= SIDE;
  }
}
