package dev.sinter.cuda.kernel;

import dev.sinter.cuda.driver.Struct;

/**
 * Memory used by one kernel at a time: partial sums, and counters that are 0 between kernels. It is
 * allocated after all operations have stated their need. Kernels know it as {@code struct
 * Workspace} of kernels/common.cu; it is written when they are enqueued.
 */
public final class Workspace implements Struct.Fields {
  private long floats;
  private long counters;
  private long partialAddress;
  private long counterAddress;

  /** States the need of one kernel. */
  public void need(long partialFloats, long counterCount) {
    floats = Math.max(floats, partialFloats);
    counters = Math.max(counters, counterCount);
  }

  /** Allocates enough for the largest need. */
  public void allocate(DeviceMemory memory) {
    partialAddress = floats == 0 ? 0 : memory.allocate(4 * floats);
    counterAddress = counters == 0 ? 0 : memory.zeros(counters);
  }

  @Override
  public void writeTo(Struct struct) {
    struct.pointer(partialAddress).pointer(counterAddress);
  }
}
