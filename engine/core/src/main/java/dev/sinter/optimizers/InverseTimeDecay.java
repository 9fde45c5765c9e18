package dev.sinter.optimizers;

/**
 * initial / (1 + rate step / steps). Immutable: any number of threads may use it. Source: Keras,
 * schedules/learning_rate_schedule.py.
 *
 * @param initialLearningRate initial
 * @param decaySteps steps
 * @param decayRate rate
 * @param staircase whether step / steps is rounded down, false by default
 */
public record InverseTimeDecay(
    double initialLearningRate, double decaySteps, double decayRate, boolean staircase)
    implements Schedule {
  public InverseTimeDecay {
    Ranges.notNegative("InverseTimeDecay", "initial learning rate", initialLearningRate);
    Ranges.positive("InverseTimeDecay", "decay steps", decaySteps);
    Ranges.notNegative("InverseTimeDecay", "decay rate", decayRate);
  }

  /** Creates a smooth decay. */
  public InverseTimeDecay(double initialLearningRate, double decaySteps, double decayRate) {
    this(initialLearningRate, decaySteps, decayRate, false);
  }

  @Override
  public double at(long step) {
    double share = step / decaySteps;
    return initialLearningRate / (1 + decayRate * (staircase ? Math.floor(share) : share));
  }
}
