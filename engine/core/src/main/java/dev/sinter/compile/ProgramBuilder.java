package dev.sinter.compile;

import dev.sinter.program.Expression;
import dev.sinter.program.Fusion;
import dev.sinter.program.Op;
import dev.sinter.program.Program;
import dev.sinter.program.Shape;
import dev.sinter.program.State;
import dev.sinter.program.Value;
import dev.sinter.program.Verifier;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Collects the operations of one program, folds, lowers and fuses them, plans its memory, verifies
 * it.
 */
final class ProgramBuilder {
  private final String name;
  private final int batch;
  private final State state;
  private final Fusion fusion;
  private final List<Op> ops = new ArrayList<>();
  private final Set<String> labels = new HashSet<>();
  private final Set<String> names = new HashSet<>();
  private int streams;

  ProgramBuilder(String name, int batch, State state, Fusion fusion) {
    this.name = name + "[" + batch + "]";
    this.batch = batch;
    this.state = state;
    this.fusion = fusion;
    state.offsets().keySet().forEach(value -> names.add(value.name()));
  }

  int batch() {
    return batch;
  }

  void add(Op op) {
    ops.add(op);
  }

  /** Returns a label not used by any operation yet. */
  String label(String wanted) {
    return unique(labels, wanted);
  }

  /** Returns the number of a random stream not used by any operation yet. */
  int nextStream() {
    return streams++;
  }

  /** Returns a new temporary. */
  Value temporary(String wanted, int rows, int columns) {
    return new Value(unique(names, wanted), Value.Kind.TEMPORARY, new Shape(rows, columns));
  }

  /** Emits the sum of a function of the elements of a value; returns it, [1, 1]. */
  Value sum(String wanted, Expression element, Value x) {
    int rows = x.shape().rows();
    Value elements = temporary(wanted + "/elements", rows, x.shape().columns());
    add(new Op.Elementwise(label(elements.name()), element, List.of(x), elements));
    Value part = elements;
    if (rows > 1 && x.shape().columns() > 1) { // in two steps: rows can be summed side by side
      part = temporary(wanted + "/rows", rows, 1);
      add(new Op.Reduce(label(part.name()), Op.Reduction.SUM, elements, part));
    }
    Value total = temporary(wanted, 1, 1);
    add(new Op.Reduce(label(wanted), Op.Reduction.SUM, part, total));
    return total;
  }

  private static String unique(Set<String> taken, String wanted) {
    String candidate = wanted;
    for (int i = 1; !taken.add(candidate); i++) {
      candidate = wanted + "_" + i;
    }
    return candidate;
  }

  Program build(List<Value> results) {
    List<Op> folded = Fold.fold(ops, results);
    List<Op> lowered = fusion.convolves() ? folded : Lower.lower(folded, this);
    List<Op> fused = Fuse.fuse(lowered, results, state, fusion);
    return Verifier.verify(
        new Program(
            name,
            batch,
            state,
            fused,
            results,
            ScratchPlanner.plan(fused, results, state.replicas())));
  }
}
