package dev.sinter.nd4j;

import dev.sinter.program.Op;
import dev.sinter.program.Program;
import dev.sinter.program.ScratchPlan;
import dev.sinter.program.Shape;
import dev.sinter.program.State;
import dev.sinter.program.Value;
import dev.sinter.program.Verifier;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Builds programs by hand; every temporary has separate memory. */
final class Programs {
  private Programs() {}

  static Value temporary(String name, int rows, int columns) {
    return new Value(name, Value.Kind.TEMPORARY, new Shape(rows, columns));
  }

  static Value parameter(String name, int rows, int columns) {
    return new Value(name, Value.Kind.PARAMETER, new Shape(rows, columns));
  }

  static Program program(int batch, State state, List<Op> ops, List<Value> results) {
    Map<Value, Integer> offsets = new LinkedHashMap<>();
    int size = 0;
    for (Op op : ops) {
      for (Value output : op.outputs()) {
        if (!output.kind().isState()) {
          offsets.put(output, size);
          size += state.replicas() * output.shape().replicaStride();
        }
      }
    }
    return Verifier.verify(
        new Program(
            "test[" + batch + "]", batch, state, ops, results, new ScratchPlan(offsets, size)));
  }
}
