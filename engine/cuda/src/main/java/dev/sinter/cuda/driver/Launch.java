package dev.sinter.cuda.driver;

import java.util.List;

/**
 * A kernel with its launch parameters.
 *
 * @param function a handle from {@link Device#load}
 * @param gridX blocks
 * @param gridY blocks
 * @param gridZ blocks
 * @param block threads per block, a multiple of 32; blocks are one-dimensional
 * @param sharedBytes dynamic shared memory per block
 * @param arguments in the order of the kernel: Long for pointers and 8-byte integers, Integer for
 *     4-byte integers, Float for floats
 */
public record Launch(
    long function,
    int gridX,
    int gridY,
    int gridZ,
    int block,
    int sharedBytes,
    List<Object> arguments) {
  public Launch {
    arguments = List.copyOf(arguments);
  }
}
