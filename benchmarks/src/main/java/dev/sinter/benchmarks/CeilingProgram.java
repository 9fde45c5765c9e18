package dev.sinter.benchmarks;

import dev.sinter.program.Expression;
import dev.sinter.program.Op;
import dev.sinter.program.Program;
import dev.sinter.program.ScratchPlan;
import dev.sinter.program.Shape;
import dev.sinter.program.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Extracts some operations of a compiled program as separate programs, which serve as ceilings of a
 * step.
 *
 * <p>In the memory plan of the compiler, a value may reuse the place of one that is no longer
 * needed. If operations are omitted and the rest is repeated, a product would read the results of a
 * later one. Therefore each value gets a separate place here, and a complete part ({@link #spread})
 * first fills these places with the values of a real step.
 */
final class CeilingProgram {
  /** Products with less than this share of the work of the largest one are not large. */
  private static final double LARGE = 0.1;

  private CeilingProgram() {}

  /** Returns the whole program without its update, each value in a separate place. */
  static Program spread(Program program) {
    return of("spread", program, op -> !(op instanceof Op.Update));
  }

  /** Returns only the products: forward with bias and activation, and both gradients. */
  static Program gemms(Program program) {
    return of("gemms", program, op -> op.multiplications() > 0);
  }

  /** Returns the products with nearly all of the work. */
  static Program largeGemms(Program program) {
    long most = program.simpleOps().stream().mapToLong(Op::multiplications).max().orElse(0);
    return of("largeGemms", program, op -> op.multiplications() > LARGE * most);
  }

  /** Returns only the update. */
  static Program update(Program program) {
    return of("update", program, op -> op instanceof Op.Update);
  }

  /** Returns a program without operations, to measure the overhead of a step. */
  static Program empty(Program program) {
    return of("nothing", program, op -> false);
  }

  /** Returns a copy from the first half of a region of the given bytes to its second half. */
  static Program copy(Program program, long bytes) {
    int columns = 1024;
    int rows = Math.toIntExact(Math.max(1, bytes / 2 / Float.BYTES / columns));
    Shape shape = new Shape(rows, columns);
    Value from = new Value("from", Value.Kind.TEMPORARY, shape);
    Value to = new Value("to", Value.Kind.TEMPORARY, shape);
    Op copy = new Op.Elementwise("copy", Expression.input(0), List.of(from), to);
    int size = program.replicas() * shape.replicaStride();
    return new Program(
        "copy",
        program.batch(),
        program.state(),
        List.of(copy),
        List.of(),
        new ScratchPlan(Map.of(from, 0, to, size), Math.multiplyExact(2, size)));
  }

  private static Program of(String name, Program program, Predicate<Op> kept) {
    List<Op> ops = program.simpleOps().stream().filter(kept).toList(); // composites as their parts
    Map<Value, Integer> offsets = new LinkedHashMap<>();
    int size = 0;
    for (Value value : program.scratch().offsets().keySet()) {
      offsets.put(value, size);
      size =
          Math.addExact(
              size, Math.multiplyExact(program.replicas(), value.shape().replicaStride()));
    }
    return new Program(
        name + " of " + program.name(),
        program.batch(),
        program.state(),
        ops,
        List.of(),
        new ScratchPlan(offsets, size));
  }
}
