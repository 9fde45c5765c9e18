package dev.sinter.cuda.kernel;

/** One operation of a program, ready to be enqueued and captured into a graph. */
@FunctionalInterface
public interface Node {
  /**
   * Enqueues the operation.
   *
   * @param step counted from the first step of the graph
   */
  void enqueue(int step);
}
