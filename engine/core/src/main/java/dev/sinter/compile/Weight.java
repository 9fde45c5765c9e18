package dev.sinter.compile;

import dev.sinter.program.Expression;
import dev.sinter.program.Philox;
import dev.sinter.program.Shape;
import dev.sinter.program.Value;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * An array that a layer keeps from step to step.
 *
 * @param name within the layer, such as kernel; saved as {@code layer/kernel}
 * @param dimensions of the array as users see it, such as [784, 512] or [512]
 * @param start its initializer
 * @param trainable whether the optimizer changes it; otherwise, steps may change it
 * @param penalty added to the loss, or null
 * @param limit kept by each update, or null
 */
public record Weight(
    String name,
    List<Integer> dimensions,
    Start start,
    boolean trainable,
    @Nullable Penalty penalty,
    @Nullable Limit limit) {
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

  /** A penalty on the elements of a weight: their sum is added to the loss of each sample. */
  public interface Penalty {
    /** Returns the penalty of an element, Input 0. */
    Expression value();

    /** Returns its derivative by the element, Input 0. */
    Expression derivative();
  }

  /** What a weight becomes after each update. */
  public interface Limit {
    /** Returns the element, from itself, Input 0, and the norm over some dimensions, Input 1. */
    Expression value();

    /** Returns the dimensions over which norms are taken, from 0; none if no norm is needed. */
    default List<Integer> axes() {
      return List.of();
    }
  }

  public Weight {
    dimensions = List.copyOf(dimensions);
  }

  /** Returns a weight that the optimizer trains. */
  public static Weight trained(String name, Start start, int... dimensions) {
    return new Weight(name, Arrays.stream(dimensions).boxed().toList(), start, true, null, null);
  }

  /** Returns a weight that steps may change, but the optimizer does not. */
  public static Weight tracked(String name, Start start, int... dimensions) {
    return new Weight(name, Arrays.stream(dimensions).boxed().toList(), start, false, null, null);
  }

  /** Returns this weight with a penalty, or without for null. */
  public Weight penalty(@Nullable Penalty other) {
    return new Weight(name, dimensions, start, trainable, other, limit);
  }

  /** Returns this weight with a limit, or without for null. */
  public Weight limit(@Nullable Limit other) {
    return new Weight(name, dimensions, start, trainable, penalty, other);
  }

  /** Returns the shape of the norms that the limit reads; null if there is none for its axes. */
  @Nullable Shape normShape() {
    Set<Integer> over = limit == null ? Set.of() : Set.copyOf(limit.axes());
    int last = dimensions.size() - 1;
    Set<Integer> others = IntStream.range(0, last).boxed().collect(Collectors.toSet());
    Shape shape = value("").shape();
    if (over.equals(Set.of(last)) && last > 0) {
      return new Shape(shape.rows(), 1);
    } else if (over.equals(others) && last > 0) {
      return new Shape(1, shape.columns());
    }
    others.add(last);
    return over.equals(others) ? Shape.SCALAR : null;
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
