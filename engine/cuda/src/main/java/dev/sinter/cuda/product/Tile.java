package dev.sinter.cuda.product;

/**
 * The division of a product into tiles, one per block: see kernels/gemm.cu.
 *
 * @param rows BM
 * @param columns BN
 * @param depth BK
 * @param threadRows TM, rows of sums per thread; 0 on tensor cores
 * @param threadColumns TN
 * @param stages tiles in shared memory at a time, 48 KiB of them at most
 */
public record Tile(
    int rows, int columns, int depth, int threadRows, int threadColumns, int stages) {
  /** Narrow results, such as ten classes. */
  public static final Tile NARROW = new Tile(32, 16, 16, 2, 4, 4);

  /** Small results: many blocks. */
  public static final Tile SMALL = new Tile(32, 32, 16, 4, 4, 4);

  public static final Tile MEDIUM = new Tile(64, 64, 16, 8, 4, 3);

  /** Large results: the least memory traffic per multiplication. */
  public static final Tile LARGE = new Tile(128, 128, 8, 8, 8, 3);

  /** The only tile of the tensor cores. */
  public static final Tile TENSOR = new Tile(64, 64, 16, 0, 0, 3);

  /** Returns the threads per block. */
  public int threads() {
    return threadRows == 0 ? 128 : rows / threadRows * (columns / threadColumns);
  }

  /**
   * Returns an upper bound for the shared memory of a block, including padding and the part of
   * CUDA.
   */
  public int sharedBytes() {
    return stages * (operandBytes(rows) + operandBytes(columns)) + 2048;
  }

  private int operandBytes(int lines) {
    return Float.BYTES * Math.max(lines * (depth + 4), depth * (lines + 8));
  }

  @Override
  public String toString() {
    return rows + "x" + columns + "x" + depth;
  }
}
