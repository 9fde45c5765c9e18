package dev.sinter.optimizers;

/**
 * initial rate^(step / steps). Immutable: any number of threads may use it. Source: Keras,
 * schedules/learning_rate_schedule.py.
 *
 * @param initialLearningRate initial
 * @param decaySteps steps
 * @param decayRate rate
 * @param staircase whether step / steps is rounded down, false by default
 */
public record ExponentialDecay(
    double initialLearningRate, double decaySteps, double decayRate, boolean staircase)
    implements Schedule {
  public ExponentialDecay {
    Ranges.notNegative("ExponentialDecay", "initial learning rate", initialLearningRate);
    Ranges.positive("ExponentialDecay", "decay steps", decaySteps);
    Ranges.notNegative("ExponentialDecay", "decay rate", decayRate);
  }

  /** Creates a smooth decay. */
  public ExponentialDecay(double initialLearningRate, double decaySteps, double decayRate) {
    this(initialLearningRate, decaySteps, decayRate, false);
  }

  @Override
  public double at(long step) {
    double share = step / decaySteps;
    return initialLearningRate * Math.pow(decayRate, staircase ? Math.floor(share) : share);
  }
}
