package dev.sinter.cuda.driver;

import java.util.List;

/**
 * A kernel with its launch parameters; {@link #of} starts one of a single block of 32 threads.
 *
 * @param function a handle from {@link Device#load}
 * @param gridX blocks
 * @param gridY blocks
 * @param gridZ blocks
 * @param threads per block, a multiple of 32; blocks are one-dimensional
 * @param sharedBytes dynamic shared memory per block
 * @param cooperative whether all blocks run at once, so that they can wait for each other; then
 *     they must fit: see {@link Device#residentBlocks}
 * @param arguments in the order of the kernel: Long for pointers and 8-byte integers, Integer for
 *     4-byte integers, Float for floats, {@link Struct} for structs by value
 */
public record Launch(
    long function,
    int gridX,
    int gridY,
    int gridZ,
    int threads,
    int sharedBytes,
    boolean cooperative,
    List<Object> arguments) {
  public Launch {
    arguments = List.copyOf(arguments);
  }

  /** Returns a launch of one block of 32 threads without arguments. */
  public static Launch of(long function) {
    return new Launch(function, 1, 1, 1, 32, 0, false, List.of());
  }

  /** Returns the launch with another number of blocks. */
  public Launch grid(int x, int y, int z) {
    return new Launch(function, x, y, z, threads, sharedBytes, cooperative, arguments);
  }

  /** Returns the launch with another number of threads per block, a multiple of 32. */
  public Launch threads(int count) {
    return new Launch(function, gridX, gridY, gridZ, count, sharedBytes, cooperative, arguments);
  }

  /** Returns the launch with another size of the dynamic shared memory. */
  public Launch sharedBytes(int bytes) {
    return new Launch(function, gridX, gridY, gridZ, threads, bytes, cooperative, arguments);
  }

  /** Returns the launch whose blocks run all at once. */
  public Launch asCooperative() {
    return new Launch(function, gridX, gridY, gridZ, threads, sharedBytes, true, arguments);
  }

  /** Returns the launch with other arguments. */
  public Launch with(List<Object> values) {
    return new Launch(function, gridX, gridY, gridZ, threads, sharedBytes, cooperative, values);
  }

  /** Returns the launch with other arguments. */
  public Launch with(Object... values) {
    return with(List.of(values));
  }
}
