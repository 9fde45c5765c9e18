package dev.sinter.compile;

import dev.sinter.program.Philox;
import dev.sinter.program.Shape;
import dev.sinter.program.Value;
import java.util.Arrays;
import java.util.List;

/**
 * An array that a layer keeps from step to step.
 *
 * @param name within the layer, such as kernel; saved as {@code layer/kernel}
 * @param dimensions of the array as users see it, such as [784, 512] or [512]
 * @param start its initializer
 * @param trainable whether the optimizer changes it; otherwise, steps may change it
 */
public record Weight(String name, List<Integer> dimensions, Start start, boolean trainable) {
  /** Creates the initial values of a weight. */
  @FunctionalInterface
  public interface Start {
    /**
     * Returns as many finite values as the shape asks for, row-major.
     *
     * @param shape of the array as users see it, such as [784, 512] or [512]
     * @param random numbers by element, for this weight alone: the seed of the model decides them
     */
    float[] weights(int[] shape, Philox random);
  }

  public Weight {
    dimensions = List.copyOf(dimensions);
  }

  /** Returns a weight that the optimizer trains. */
  public static Weight trained(String name, Start start, int... dimensions) {
    return new Weight(name, Arrays.stream(dimensions).boxed().toList(), start, true);
  }

  /** Returns a weight that steps may change, but the optimizer does not. */
  public static Weight tracked(String name, Start start, int... dimensions) {
    return new Weight(name, Arrays.stream(dimensions).boxed().toList(), start, false);
  }

  /** Returns the number of elements, which may exceed the size of an array. */
  public double size() {
    return dimensions.stream().mapToDouble(Integer::doubleValue).reduce(1, (a, b) -> a * b);
  }

  /** Returns the shape of the array as users see it. */
  public int[] shape() {
    return dimensions.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Returns the value for programs: a matrix whose columns are the last dimension. */
  Value value(String layer) {
    int columns = dimensions.get(dimensions.size() - 1);
    int rows = dimensions.stream().limit(dimensions.size() - 1L).reduce(1, Math::multiplyExact);
    Value.Kind kind = trainable ? Value.Kind.PARAMETER : Value.Kind.TRACKED;
    return new Value(layer + "/" + name, kind, new Shape(rows, columns));
  }
}
