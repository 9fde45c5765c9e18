package dev.sinter.program;

/**
 * A number that changes from step to step: a step scalar of an {@link UpdateRule}. An {@link
 * Expression} of Input 0 = the learning rate and Input 1 = the step is one.
 *
 * <p>It must give the same number for the same arguments, on any thread.
 */
@FunctionalInterface
public interface StepFunction {
  /**
   * Returns the number of a step.
   *
   * @param learningRate of the step
   * @param step counted from 1
   */
  double at(double learningRate, long step);

  /** Returns a function whose formula is printed as a text. */
  static StepFunction of(String formula, StepFunction function) {
    return new StepFunction() {
      @Override
      public double at(double learningRate, long step) {
        return function.at(learningRate, step);
      }

      @Override
      public String toString() {
        return formula;
      }
    };
  }
}
