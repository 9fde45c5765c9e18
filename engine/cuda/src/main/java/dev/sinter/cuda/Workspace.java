package dev.sinter.cuda;

/**
 * Memory that one kernel at a time uses: partial sums, and counters that are 0 between kernels.
 * First every operation states its need, then it is allocated.
 */
final class Workspace {
  private long floats;
  private long counters;
  private long partialAddress;
  private long counterAddress;

  /** States what one kernel needs. */
  void need(long partialFloats, long counterCount) {
    floats = Math.max(floats, partialFloats);
    counters = Math.max(counters, counterCount);
  }

  /** Allocates what was needed most. */
  void allocate(DeviceMemory memory) {
    partialAddress = floats == 0 ? 0 : memory.allocate(4 * floats);
    counterAddress = counters == 0 ? 0 : memory.zeros(counters);
  }

  /** Returns the address of the partial sums. */
  long partial() {
    return partialAddress;
  }

  /** Returns the address of the counters. */
  long counters() {
    return counterAddress;
  }
}
