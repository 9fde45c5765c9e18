package dev.sinter.optimizers;

/**
 * A learning rate that changes from step to step. A function of the step is a new schedule.
 *
 * <pre>{@code new Adam().learningRate(new CosineDecay(1e-3, 10_000))
 * new Sgd().learningRate(step -> 0.1 / (1 + step))}</pre>
 *
 * <p>Any number of threads may use it, and it must give the same number for the same step: a
 * resumed training asks again.
 */
@FunctionalInterface
public interface Schedule {
  /**
   * Returns the learning rate of a step, finite and at least 0.
   *
   * @param step counted from 0, over all epochs
   */
  double at(long step);
}
