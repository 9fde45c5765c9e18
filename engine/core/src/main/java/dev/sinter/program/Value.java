package dev.sinter.program;

import java.util.Objects;

/**
 * A float32 matrix that operations read and write, named uniquely in its program.
 *
 * @param name as in {@code dense/kernel} or {@code dense/output}
 * @param kind where it lives
 * @param shape in one replica
 */
public record Value(String name, Kind kind, Shape shape) {
  /** Where a value lives, and for how long. */
  public enum Kind {
    /** Trained weights: state, kept between steps. */
    PARAMETER,
    /** Gradient of a parameter: state, overwritten by each step. */
    GRADIENT,
    /** What an optimizer remembers of a parameter: state, kept between steps. */
    SLOT,
    /** What a step changes apart from the optimizer, such as running means: state, kept. */
    TRACKED,
    /** Scratch memory, from the operation that writes it to the last that reads it. */
    TEMPORARY;

    /** Returns whether values of this kind live in the state that all programs share. */
    public boolean isState() {
      return this != TEMPORARY;
    }

    /** Returns whether a program may read what an earlier one wrote. */
    public boolean isKept() {
      return isState() && this != GRADIENT;
    }
  }

  public Value {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(shape, "shape");
  }

  /** Returns name and shape, as in {@code dense/kernel [784, 512]}. */
  @Override
  public String toString() {
    return name + " " + shape;
  }
}
