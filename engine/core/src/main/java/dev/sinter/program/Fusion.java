package dev.sinter.program;

/**
 * The composite operations that a backend supports; the compiler asks before it creates one.
 * Immutable: any number of threads may use it.
 */
@FunctionalInterface
public interface Fusion {
  /** Fuses nothing. */
  Fusion NONE = (candidate, state, resultSize) -> false;

  /**
   * Returns whether the backend runs an operation as one.
   *
   * @param candidate its parts are operations of the program
   * @param state the layout of the state of the program
   * @param resultSize {@link Program#resultSize}
   */
  boolean accepts(Op.Composite candidate, State state, int resultSize);
}
