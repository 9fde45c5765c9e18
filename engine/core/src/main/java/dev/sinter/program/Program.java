package dev.sinter.program;

import java.util.List;

/**
 * A fixed list of operations for one batch size: what a backend runs, step after step.
 *
 * @param name as in {@code train[128]}
 * @param batch B, rows a step and replica
 * @param state the layout of the state, which holds R as well
 * @param ops in order
 * @param results temporaries that are copied out after each step, in this order, each with all its
 *     replicas
 * @param scratch where the temporaries live
 */
public record Program(
    String name, int batch, State state, List<Op> ops, List<Value> results, ScratchPlan scratch) {
  public Program {
    ops = List.copyOf(ops);
    results = List.copyOf(results);
  }

  /** Returns R, the number of networks that run side by side. */
  public int replicas() {
    return state.replicas();
  }

  /**
   * Returns the number of floats that one step appends to the results: replicas without padding.
   */
  public int resultSize() {
    return replicas() * results.stream().mapToInt(value -> value.shape().size()).sum();
  }

  /** Returns whether a step changes the state. */
  public boolean updates() {
    return ops.stream().anyMatch(Op.Update.class::isInstance);
  }
}
