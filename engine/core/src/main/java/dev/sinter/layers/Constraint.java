package dev.sinter.layers;

import static dev.sinter.program.Expression.constant;
import static dev.sinter.program.Expression.input;

import dev.sinter.compile.Weight;
import dev.sinter.errors.InputException;
import dev.sinter.program.Expression;
import java.util.Arrays;
import java.util.List;

/**
 * What weights become after each update. A formula of the weight and of a norm is a new constraint.
 * Source: Keras, constraints/constraints.py.
 *
 * <pre>{@code new Dense(64).relu().kernelConstraint(Constraint.maxNorm(3))}</pre>
 *
 * <p>Axes are those over which a norm is taken: 0 of a kernel [inputs, units] gives a norm for each
 * unit. The kernel of a convolution, [height, width, inputs, filters], needs 0, 1, 2. Immutable:
 * any number of threads may use it.
 */
public interface Constraint extends Weight.Limit {
  /** The epsilon of Keras's backend, added to a norm that divides. */
  double EPSILON = 1e-7;

  /** max(w, 0). */
  Constraint NON_NEGATIVE = new NonNegative();

  /** Returns a constraint to norms of at most a value, over axis 0. */
  static Constraint maxNorm(double max) {
    return maxNorm(max, 0);
  }

  /** Returns a constraint to norms of at most a value. */
  static Constraint maxNorm(double max, int... axes) {
    return new MaxNorm(max, Arrays.stream(axes).boxed().toList());
  }

  /** Returns a constraint to norms of 1, over axis 0. */
  static Constraint unitNorm() {
    return unitNorm(0);
  }

  /** Returns a constraint to norms of 1. */
  static Constraint unitNorm(int... axes) {
    return new UnitNorm(Arrays.stream(axes).boxed().toList());
  }

  /** max(w, 0). Immutable: any number of threads may use it. */
  record NonNegative() implements Constraint {
    @Override
    public Expression value() {
      return input(0).max(constant(0));
    }
  }

  /**
   * w min(norm, max) / (epsilon + norm). Immutable: any number of threads may use it.
   *
   * @param max at least 0
   * @param axes of the norm
   */
  record MaxNorm(double max, List<Integer> axes) implements Constraint {
    public MaxNorm {
      axes = List.copyOf(axes);
      if (!(max >= 0) || Double.isInfinite(max)) {
        throw InputException.of("max norm", "a number of at least 0", max, "Correct the value");
      }
    }

    @Override
    public Expression value() {
      Expression norm = input(1);
      return input(0).times(norm.min(constant(max)).over(constant(EPSILON).plus(norm)));
    }
  }

  /**
   * w / (epsilon + norm). Immutable: any number of threads may use it.
   *
   * @param axes of the norm
   */
  record UnitNorm(List<Integer> axes) implements Constraint {
    public UnitNorm {
      axes = List.copyOf(axes);
    }

    @Override
    public Expression value() {
      return input(0).over(constant(EPSILON).plus(input(1)));
    }
  }
}
