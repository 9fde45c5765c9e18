package dev.sinter.program;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A fixed list of operations for one batch size, which a backend runs step by step.
 *
 * <p>Immutable: any number of threads may use it.
 *
 * @param name such as {@code train[128]}
 * @param batch B, rows per step and replica
 * @param state the layout of the state, including R
 * @param ops in order
 * @param results temporaries copied out after each step, in this order, each with all its replicas
 * @param scratch the memory plan of the temporaries
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

  /** Returns the operations with each composite replaced by its parts. */
  public List<Op> simpleOps() {
    return ops.stream()
        .flatMap(op -> op instanceof Op.Composite c ? c.parts().stream() : Stream.of(op))
        .toList();
  }

  /** Returns the rule of the optimizer, or null if a step updates nothing. */
  public @Nullable UpdateRule rule() {
    return simpleOps().stream()
        .filter(Op.Update.class::isInstance)
        .map(op -> ((Op.Update) op).rule())
        .findFirst()
        .orElse(null);
  }

  /** Returns the gradients that a step writes, in the order in which they become final. */
  public List<Value> finalGradients() {
    return simpleOps().stream()
        .flatMap(op -> op.outputs().stream())
        .filter(output -> output.kind() == Value.Kind.GRADIENT)
        .toList();
  }

  /**
   * Returns the offset of one replica of a value, in floats: in the scratch arena for a temporary,
   * otherwise in the state.
   */
  public int offsetOf(Value value, int replica) {
    int first = value.kind().isState() ? state.offsetOf(value) : scratch.offsets().get(value);
    return first + replica * value.shape().replicaStride();
  }
}
