package dev.sinter.optimizers;

/**
 * Half a wave of a cosine from a learning rate down to alpha times it, and that from then on: rate
 * ((1 - alpha) (1 + cos(pi step / steps)) / 2 + alpha). With warm-up steps, a line leads from the
 * initial learning rate up to the target first; the wave then starts there. Immutable: any number
 * of threads may use it. Source: Loshchilov and Hutter, ICLR 2017, in the form of Keras,
 * schedules/learning_rate_schedule.py.
 *
 * @param initialLearningRate of step 0
 * @param decaySteps the length of the wave
 * @param alpha from 0 to 1, default 0
 * @param warmupTarget the largest learning rate if there are warm-up steps
 * @param warmupSteps before the wave; 0 for none, by default
 */
public record CosineDecay(
    double initialLearningRate,
    double decaySteps,
    double alpha,
    double warmupTarget,
    long warmupSteps)
    implements Schedule {
  public CosineDecay {
    Ranges.notNegative("CosineDecay", "initial learning rate", initialLearningRate);
    Ranges.positive("CosineDecay", "decay steps", decaySteps);
    Ranges.share("CosineDecay", "alpha", alpha);
    Ranges.notNegative("CosineDecay", "warm-up target", warmupTarget);
    Ranges.notNegative("CosineDecay", "warm-up steps", warmupSteps);
  }

  /** Creates a decay to 0 without a warm-up. */
  public CosineDecay(double initialLearningRate, double decaySteps) {
    this(initialLearningRate, decaySteps, 0, initialLearningRate, 0);
  }

  /** Returns this schedule with another last share of the learning rate. */
  public CosineDecay alpha(double other) {
    return new CosineDecay(initialLearningRate, decaySteps, other, warmupTarget, warmupSteps);
  }

  /** Returns this schedule with a line up to a learning rate first. */
  public CosineDecay warmup(double target, long steps) {
    return new CosineDecay(initialLearningRate, decaySteps, alpha, target, steps);
  }

  @Override
  public double at(long step) {
    if (step < warmupSteps) {
      double share = (double) step / warmupSteps;
      return initialLearningRate + share * (warmupTarget - initialLearningRate);
    }
    double top = warmupSteps > 0 ? warmupTarget : initialLearningRate;
    double share = Math.min(step - warmupSteps, decaySteps) / decaySteps;
    return top * ((1 - alpha) * wave(share) + alpha);
  }

  /** Returns half a wave: 1 at 0, 0 at 1. */
  static double wave(double share) {
    return 0.5 * (1 + Math.cos(Math.PI * share));
  }
}
