package dev.sinter.program;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The interval of operations in which each temporary needs its memory: from the write to the last
 * read, inclusive. Values that an {@link Op.Reshape} connects share their memory and interval.
 *
 * <p>Any number of threads may call its methods.
 */
public final class Liveness {
  private final Map<Value, int[]> intervals =
      new LinkedHashMap<>(); // value -> {first, last} operation

  private final Map<Value, Value> owners = new HashMap<>(); // reshaped value -> owner of its memory

  private Liveness() {}

  /** Computes the intervals; results live until the end. */
  public static Liveness of(List<Op> ops, List<Value> results) {
    Liveness liveness = new Liveness();
    for (int i = 0; i < ops.size(); i++) {
      Op op = ops.get(i);
      if (op instanceof Op.Reshape reshape) {
        liveness.owners.put(reshape.output(), liveness.owner(reshape.x()));
      }
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
      int[] interval = intervals.computeIfAbsent(owner(value), v -> new int[] {op, op});
      interval[1] = op;
      intervals.put(value, interval);
    }
  }

  /**
   * Returns the value whose memory a temporary uses: itself, unless it is reshaped from another.
   */
  public Value owner(Value value) {
    return owners.getOrDefault(value, value);
  }

  /** Returns the temporaries in the order of their first use: read only. */
  public Iterable<Value> values() {
    return intervals.keySet();
  }

  /** Returns the operation that writes the memory of a temporary. */
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

  /** Returns whether two temporaries need memory of their own at the same operation. */
  public boolean together(Value a, Value b) {
    return !owner(a).equals(owner(b)) && first(a) <= last(b) && first(b) <= last(a);
  }
}
