package dev.sinter.onednn;

import dev.sinter.backend.host.ElementwiseKernel;
import dev.sinter.onednn.PostOps.Operand;
import dev.sinter.onednn.Primitives.PrimitiveStep;
import dev.sinter.program.Shape;
import dev.sinter.program.UpdateRule;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An update rule as primitives over a stretch of the regions. The primitives read the step scalars
 * from memory, so nothing is rebuilt when they change.
 */
final class UpdateKernel {
  private UpdateKernel() {}

  /**
   * Builds the primitives; null if primitives cannot express the rule.
   *
   * @param regions one per input of the rule, of equal shape [1, n]
   * @param temporaries memory for intermediate results, used from its start and extended if it is
   *     too small. The first kernel that shares it must be the longest
   */
  static ElementwiseKernel of(
      UpdateRule rule,
      List<View> regions,
      List<Arena> temporaries,
      NativeOwner owner,
      Primitives primitives) {
    View[] scalars = new View[rule.scalars().size()];
    Arena numbers = new Arena(owner, (long) scalars.length * Shape.ALIGNMENT_FLOATS);
    for (int i = 0; i < scalars.length; i++) {
      scalars[i] = numbers.take(Shape.SCALAR);
    }
    Leaves leaves = new Leaves(regions, scalars, temporaries, owner, primitives, new HashMap<>());
    List<PrimitiveStep> compiled = ChainCompiler.compile(rule, primitives, leaves);
    if (compiled == null) {
      return null;
    }
    PrimitiveStep[] steps = compiled.toArray(PrimitiveStep[]::new);
    return values -> {
      for (int i = 0; i < scalars.length; i++) {
        scalars[i].host().put(0, values[i]);
      }
      for (PrimitiveStep step : steps) {
        step.execute();
      }
    };
  }

  /** Memory for leaves and temporaries, allocated on first use. */
  record Leaves(
      List<View> regions,
      View[] scalars,
      List<Arena> arenas,
      NativeOwner owner,
      Primitives primitives,
      Map<Object, Operand> known) {
    /** Returns operand {@code index} of the rule, a stretch of a region. */
    Operand input(int index) {
      return known.computeIfAbsent("input " + index, key -> flat(regions.get(index)));
    }

    /** Returns the operand that holds a step scalar. */
    Operand scalar(int index) {
      return known.computeIfAbsent("scalar " + index, key -> number(scalars[index]));
    }

    /** Returns an operand that holds a constant. */
    Operand constant(float value) {
      return known.computeIfAbsent(
          value,
          key -> {
            View view = new Arena(owner, 1).take(Shape.SCALAR);
            view.host().put(0, value);
            return number(view);
          });
    }

    /** Returns temporary {@code index}, of the same length as the regions. */
    Operand temporary(int index) {
      Shape shape = regions.get(0).shape();
      while (arenas.size() <= index) {
        arenas.add(new Arena(owner, shape.replicaStride()));
      }
      return known.computeIfAbsent(
          "temporary " + index, key -> flat(arenas.get(index).view(0, shape)));
    }

    /**
     * Describes a view as one row. A region of a single float is not a scalar: it determines the
     * size of results.
     */
    private Operand flat(View view) {
      Operand operand = primitives.operand(view.pointer(), 1, view.shape().size());
      return new Operand(operand.memory(), operand.layout(), false);
    }

    private Operand number(View view) {
      return primitives.operand(view.pointer(), 1, 1);
    }
  }
}
