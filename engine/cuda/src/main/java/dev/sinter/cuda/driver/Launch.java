package dev.sinter.cuda.driver;

import java.util.List;

/**
 * A kernel with everything it is launched with.
 *
 * @param function a handle from {@link Device#load}
 * @param gridX blocks
 * @param gridY blocks
 * @param gridZ blocks
 * @param block threads a block, a multiple of 32; blocks are one-dimensional
 * @param sharedBytes dynamic shared memory a block
 * @param arguments in the kernel's order: Long for pointers and 8-byte integers, Integer for 4-byte
 *     integers, Float for floats
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
