package dev.sinter.program;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks that a program is legal: the batch size fits, every value is written before it is read, no
 * two live temporaries share memory. The compiler runs it on each program; a failure is a defect of
 * the compiler and names the operation.
 *
 * <p>Any number of threads may call its methods.
 */
public final class Verifier {
  private final Program program;
  private final Set<Value> written = new HashSet<>();
  private String where = "";
  private boolean updated;

  private Verifier(Program program) {
    this.program = program;
  }

  /**
   * Returns the program if it is legal.
   *
   * @throws IllegalStateException if it is not, naming the operation
   */
  public static Program verify(Program program) {
    new Verifier(program).run();
    return program;
  }

  private void run() {
    Set<String> labels = new HashSet<>();
    Map<String, Value> names = new HashMap<>();
    for (Op op : program.ops()) {
      where = "program " + program.name() + ", operation " + op.label();
      check(labels.add(op.label()), "a unique label", op.label() + " twice");
      for (Value input : op.inputs()) {
        known(input, names);
        boolean ready =
            written.contains(input)
                || input.kind().isKept()
                || input.kind() == Value.Kind.GRADIENT && !gathers();
        check(ready, "inputs written before they are read", input + " unwritten");
      }
      for (Value output : op.outputs()) {
        known(output, names);
        check(!op.inputs().contains(output), "outputs apart from inputs", output + " as both");
        check(
            output.kind() != Value.Kind.PARAMETER || updated,
            "parameters written by an update, or after it",
            output + " as an output");
        check(written.add(output), "each value written once", output + " twice");
      }
      context(op);
    }
    for (Value result : program.results()) {
      where = "program " + program.name() + ", result " + result.name();
      check(written.contains(result), "a written result", result + " unwritten");
      check(!result.kind().isState(), "a temporary", result);
    }
    memory();
  }

  private void known(Value value, Map<String, Value> names) {
    Value other = names.putIfAbsent(value.name(), value);
    check(other == null || other.equals(value), "one value a name", value + " and " + other);
    boolean placed =
        value.kind().isState()
            ? program.state().offsets().containsKey(value)
            : program.scratch().offsets().containsKey(value);
    check(placed, "a place in memory for " + value, "none");
  }

  private void context(Op op) {
    if (op instanceof Op.Composite composite) {
      composite.parts().forEach(this::context);
    } else if (op instanceof Op.Gather gather) {
      rows(gather.x());
      rows(gather.y());
    } else if (op instanceof Op.Reshape reshape) {
      check(
          start(reshape.output()) == start(reshape.x()),
          "the place of " + reshape.x(),
          "offset " + start(reshape.output()));
    } else if (op instanceof Op.Update update) {
      int slots = program.state().slotCount();
      check(
          update.rule().slots().size() == slots,
          slots + " slots, as in the state",
          update.rule().slots());
      List<Value> gradients = program.state().block(State.Block.GRADIENTS);
      List<Value> unwritten = gradients.stream().filter(g -> !written.contains(g)).toList();
      check(
          unwritten.isEmpty() || !gathers(),
          "the gradient of every parameter written before an update",
          unwritten.stream().findFirst().orElse(null) + " unwritten");
      updated = true;
    }
  }

  /** Returns whether a program makes its own gradients; else another program has left them. */
  private boolean gathers() {
    return program.simpleOps().stream().anyMatch(Op.Gather.class::isInstance);
  }

  private void rows(@Nullable Value value) {
    if (value != null) {
      int columns = value.shape().columns();
      check(
          value.shape().rows() == program.batch(),
          value.name() + " [" + program.batch() + ", " + columns + "]",
          value);
    }
  }

  /** Replays the program and checks that no live temporary is overwritten. */
  private void memory() {
    Liveness liveness = Liveness.of(program.ops(), program.results());
    List<Value> values = List.copyOf(program.scratch().offsets().keySet());
    for (Value value : values) {
      where = "program " + program.name() + ", memory of " + value;
      check(written.contains(value), "a temporary that an operation writes", "none that does");
    }
    for (Value value : values) {
      where = "program " + program.name() + ", memory of " + value;
      long end = end(value);
      check(
          start(value) >= 0 && end <= program.scratch().size(),
          "a place within " + program.scratch().size() + " floats",
          end);
      check(
          start(value) % Shape.ALIGNMENT_FLOATS == 0,
          "256-byte alignment",
          "offset " + start(value));
      for (Value other : values) {
        boolean overlap = start(value) < end(other) && start(other) < end;
        check(
            value == other || !overlap || !liveness.together(value, other),
            "separate memory",
            "memory shared with " + other);
      }
    }
  }

  private long start(Value value) {
    return Objects.requireNonNull(program.scratch().offsets().get(value), "a temporary");
  }

  private long end(Value value) {
    return start(value) + (long) program.replicas() * value.shape().replicaStride();
  }

  private void check(boolean legal, Object expected, Object received) {
    if (!legal) {
      throw new IllegalStateException(
          where
              + ": expected "
              + expected
              + ", received "
              + received
              + ". This is a defect of the compiler.");
    }
  }
}
