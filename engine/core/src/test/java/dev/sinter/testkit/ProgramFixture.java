package dev.sinter.testkit;

import dev.sinter.program.Op;
import dev.sinter.program.Program;
import dev.sinter.program.ScratchPlan;
import dev.sinter.program.Shape;
import dev.sinter.program.State;
import dev.sinter.program.Value;
import dev.sinter.program.Verifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Builds verified programs from operations; each temporary gets separate memory. */
public final class ProgramFixture {
  private final State state;
  private final int batch;
  private final List<Op> ops = new ArrayList<>();
  private final List<Value> results = new ArrayList<>();

  /** Creates an empty program for a batch size. */
  public ProgramFixture(State state, int batch) {
    this.state = state;
    this.batch = batch;
  }

  /** Returns a trained value. */
  public static Value parameter(String name, int rows, int columns) {
    return new Value(name, Value.Kind.PARAMETER, new Shape(rows, columns));
  }

  /** Returns a value in scratch memory. */
  public static Value temporary(String name, int rows, int columns) {
    return new Value(name, Value.Kind.TEMPORARY, new Shape(rows, columns));
  }

  /** Appends operations. */
  public ProgramFixture ops(Op... more) {
    ops.addAll(List.of(more));
    return this;
  }

  /** Appends results. */
  public ProgramFixture results(Value... more) {
    results.addAll(List.of(more));
    return this;
  }

  /** Returns the program with placed temporaries, not verified. */
  public Program unverified(String name) {
    LinkedHashMap<Value, Integer> offsets = new LinkedHashMap<>();
    int size = 0;
    for (Op op : ops) {
      if (op instanceof Op.Reshape reshape) {
        offsets.put(reshape.output(), offsets.get(reshape.x()));
      }
      for (Collection<Value> values : List.of(op.inputs(), op.outputs())) {
        for (Value value : values) {
          if (!value.kind().isState() && !offsets.containsKey(value)) {
            offsets.put(value, size);
            size += state.replicas() * value.shape().replicaStride();
          }
        }
      }
    }
    return with(name, offsets, size);
  }

  /** Returns the program with temporaries placed by hand, not verified. */
  public Program with(String name, Map<Value, Integer> offsets, int size) {
    return new Program(name, batch, state, ops, results, new ScratchPlan(offsets, size));
  }

  /** Returns the program with placed temporaries, verified. */
  public Program build(String name) {
    return Verifier.verify(unverified(name));
  }
}
