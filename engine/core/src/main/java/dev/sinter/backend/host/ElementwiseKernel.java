package dev.sinter.backend.host;

/** Expression code, translated for its operands: overwrites its outputs each time it runs. */
@FunctionalInterface
public interface ElementwiseKernel {
  /** The scalars of code that has none. */
  float[] NO_SCALARS = {};

  /**
   * Runs over all elements.
   *
   * @param scalars the step scalars by index: read before the method returns
   */
  void run(float[] scalars);
}
