package dev.sinter.program;

/**
 * The operations that a backend supports beyond the common ones: composites and convolutions. The
 * compiler asks before it creates one. Immutable: any number of threads may use it.
 */
@FunctionalInterface
public interface Fusion {
  /** Fuses nothing. */
  Fusion NONE = (candidate, state, resultSize) -> false;

  /** Fuses nothing, and convolves. */
  Fusion CONVOLUTIONS =
      new Fusion() {
        @Override
        public boolean accepts(Op.Composite candidate, State state, int resultSize) {
          return false;
        }

        @Override
        public boolean convolves() {
          return true;
        }
      };

  /**
   * Returns whether the backend runs an operation as one.
   *
   * @param candidate its parts are operations of the program
   * @param state the layout of the state of the program
   * @param resultSize {@link Program#resultSize}
   */
  boolean accepts(Op.Composite candidate, State state, int resultSize);

  /**
   * Returns whether the backend runs {@link Op.Convolution} and its gradients. For others, the
   * compiler emits {@link Op.Patches} and products.
   */
  default boolean convolves() {
    return false;
  }
}
