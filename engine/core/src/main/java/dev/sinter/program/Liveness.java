package dev.sinter.program;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The interval of operations in which each temporary needs its memory: from the write to the last
 * read, inclusive.
 *
 * <p>Any number of threads may call its methods.
 */
public final class Liveness {
  private final Map<Value, int[]> intervals =
      new LinkedHashMap<>(); // value -> {first, last} operation

  private Liveness() {}

  /** Computes the intervals; results live until the end. */
  public static Liveness of(List<Op> ops, List<Value> results) {
    Liveness liveness = new Liveness();
    for (int i = 0; i < ops.size(); i++) {
      Op op = ops.get(i);
      for (List<Value> values : List.of(op.outputs(), op.inputs(), op.held())) {
        for (Value value : values) {
          liveness.touch(value, i);
        }
      }
    }
    for (Value result : results) {
      liveness.touch(result, ops.size());
    }
    return liveness;
  }

  private void touch(Value value, int op) {
    if (!value.kind().isState()) {
      intervals.computeIfAbsent(value, v -> new int[] {op, op})[1] = op;
    }
  }

  /** Returns the temporaries in the order of their first use: read only. */
  public Iterable<Value> values() {
    return intervals.keySet();
  }

  /** Returns the operation that writes a temporary. */
  public int first(Value value) {
    return interval(value)[0];
  }

  /** Returns the last operation that reads it; the number of operations for a result. */
  public int last(Value value) {
    return interval(value)[1];
  }

  private int[] interval(Value value) {
    return Objects.requireNonNull(intervals.get(value), "a temporary of the program");
  }

  /** Returns whether two temporaries are alive at the same operation. */
  public boolean together(Value a, Value b) {
    return first(a) <= last(b) && first(b) <= last(a);
  }
}
