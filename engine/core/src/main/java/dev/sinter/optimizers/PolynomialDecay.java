package dev.sinter.optimizers;

/**
 * (initial - end) (1 - step / steps)^power + end, and end after so many steps. With a cycle, steps
 * is instead the first multiple of the decay steps that the step has not passed. Immutable: any
 * number of threads may use it. Source: Keras, schedules/learning_rate_schedule.py.
 *
 * @param initialLearningRate initial
 * @param decaySteps steps
 * @param endLearningRate end, default 0.0001
 * @param power default 1
 * @param cycle default false
 */
public record PolynomialDecay(
    double initialLearningRate,
    double decaySteps,
    double endLearningRate,
    double power,
    boolean cycle)
    implements Schedule {
  public PolynomialDecay {
    Ranges.notNegative("PolynomialDecay", "initial learning rate", initialLearningRate);
    Ranges.positive("PolynomialDecay", "decay steps", decaySteps);
    Ranges.notNegative("PolynomialDecay", "end learning rate", endLearningRate);
    Ranges.notNegative("PolynomialDecay", "power", power);
  }

  /** Creates a line from the initial learning rate to 0.0001. */
  public PolynomialDecay(double initialLearningRate, double decaySteps) {
    this(initialLearningRate, decaySteps, 0.0001, 1, false);
  }

  @Override
  public double at(long step) {
    double steps = decaySteps;
    if (cycle && step > 0) {
      steps *= Math.ceil(step / decaySteps);
    }
    double left = 1 - Math.min(step, steps) / steps;
    return (initialLearningRate - endLearningRate) * Math.pow(left, power) + endLearningRate;
  }
}
