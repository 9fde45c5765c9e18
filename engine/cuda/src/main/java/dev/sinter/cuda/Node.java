package dev.sinter.cuda;

/** One operation of a program, ready to be enqueued and captured into a graph. */
@FunctionalInterface
interface Node {
  /**
   * Enqueues the operation.
   *
   * @param step counted from the first step of the graph
   */
  void enqueue(int step);
}
