package dev.sinter.backend.host;

/** Expression code, translated for fixed operands; each run overwrites the outputs. */
@FunctionalInterface
public interface ElementwiseKernel {
  /** For code without scalars. */
  float[] NO_SCALARS = {};

  /**
   * Runs over all elements.
   *
   * @param scalars the step scalars by index; not used after the method returns
   */
  void run(float[] scalars);
}
