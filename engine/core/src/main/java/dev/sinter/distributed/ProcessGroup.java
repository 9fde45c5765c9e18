package dev.sinter.distributed;

/**
 * The processes that train one model together, each on its part of every batch; see {@link
 * dev.sinter.Fit#group}. All processes make the same calls in the same order. Used by one thread at
 * a time.
 */
public interface ProcessGroup extends AutoCloseable {
  /** Returns the number of this process, from 0 on. */
  int rank();

  /** Returns the number of processes, at least 1. */
  int size();

  /** Returns how numbers travel: tcp, nccl, threads. */
  String transport();

  /**
   * Begins to replace floats by their sums over all processes, and returns at once. Sums are made
   * in the order of the ranks, ((v0 + v1) + v2) + ..., so they are equal on all processes and from
   * run to run, to the bit; a transport that sums in another order says so. Further floats may be
   * given before these are done; they are summed one after another. The floats must not be touched
   * before {@link #await} returns.
   *
   * @param values in memory of the caller, used until {@link #await} returns
   * @param from the first of the floats
   * @param length the number of floats, equal on all processes
   */
  void begin(float[] values, int from, int length);

  /**
   * Waits until all sums that were begun are there.
   *
   * @throws dev.sinter.errors.RunException when another process is lost, does not answer in time,
   *     or when the thread is interrupted; the group is of no use then
   */
  void await();

  /** Replaces floats by their sums over all processes. */
  default void allReduce(float[] values) {
    begin(values, 0, values.length);
    await();
  }

  /**
   * Leaves the group; the others learn of it at once if they wait for this process. Called by any
   * thread: it also ends a wait.
   */
  @Override
  void close();
}
