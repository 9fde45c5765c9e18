package dev.sinter.program;

import java.util.Objects;

/**
 * A float32 matrix that operations read and write, named uniquely in its program.
 *
 * <p>Immutable: any number of threads may use it.
 *
 * @param name such as {@code dense/kernel} or {@code dense/output}
 * @param kind its place and lifetime
 * @param shape of one replica
 */
public record Value(String name, Kind kind, Shape shape) {
  /** The place and lifetime of a value. */
  public enum Kind {
    /** Trained weights: state, kept between steps. */
    PARAMETER,
    /** Gradient of a parameter: state, overwritten by each step. */
    GRADIENT,
    /** Optimizer slot of a parameter: state, kept between steps. */
    SLOT,
    /**
     * Changed by a step but not by the optimizer, such as running means: state, kept between steps.
     */
    TRACKED,
    /** Scratch memory, from the operation that writes it to the last that reads it. */
    TEMPORARY;

    /** Returns whether values of this kind live in the state that all programs share. */
    public boolean isState() {
      return this != TEMPORARY;
    }

    /** Returns whether a program may read a value that an earlier program wrote. */
    public boolean isKept() {
      return isState() && this != GRADIENT;
    }
  }

  public Value {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(shape, "shape");
  }

  /** Returns name and shape, such as {@code dense/kernel [784, 512]}. */
  @Override
  public String toString() {
    return name + " " + shape;
  }
}
