package dev.sinter.program;

/** What a backend runs as one operation: the compiler asks before it makes a composite. */
@FunctionalInterface
public interface Fusion {
  /** Fuses nothing. */
  Fusion NONE = (candidate, state, resultSize) -> false;

  /**
   * Returns whether the backend runs an operation as one.
   *
   * @param candidate whose parts the program has
   * @param state the layout of the program's state
   * @param resultSize {@link Program#resultSize}
   */
  boolean accepts(Op.Composite candidate, State state, int resultSize);
}
