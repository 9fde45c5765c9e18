package dev.sinter.optimizers;

import dev.sinter.errors.InputException;

/**
 * Half waves of a cosine, one after the other, each longer and lower than the one before. In wave
 * n, from 0: rate ((1 - alpha) h^n (1 + cos(pi share)) / 2 + alpha). Immutable: any number of
 * threads may use it. Source: Loshchilov and Hutter, ICLR 2017, in the form of Keras,
 * schedules/learning_rate_schedule.py.
 *
 * @param initialLearningRate rate
 * @param firstDecaySteps the length of the first wave
 * @param timesMultiplier the length of a wave, as a multiple of the one before, at least 1; default
 *     2
 * @param heightMultiplier h, default 1
 * @param alpha from 0 to 1, default 0
 */
public record CosineDecayRestarts(
    double initialLearningRate,
    double firstDecaySteps,
    double timesMultiplier,
    double heightMultiplier,
    double alpha)
    implements Schedule {
  public CosineDecayRestarts {
    Ranges.notNegative("CosineDecayRestarts", "initial learning rate", initialLearningRate);
    Ranges.positive("CosineDecayRestarts", "first decay steps", firstDecaySteps);
    if (!(timesMultiplier >= 1) || Double.isInfinite(timesMultiplier)) {
      throw InputException.of(
          "CosineDecayRestarts, times multiplier",
          "a finite number of at least 1",
          timesMultiplier,
          "Correct the value");
    }
    Ranges.notNegative("CosineDecayRestarts", "height multiplier", heightMultiplier);
    Ranges.share("CosineDecayRestarts", "alpha", alpha);
  }

  /** Creates waves that double their length and keep their height. */
  public CosineDecayRestarts(double initialLearningRate, double firstDecaySteps) {
    this(initialLearningRate, firstDecaySteps, 2, 1, 0);
  }

  @Override
  public double at(long step) {
    double share = step / firstDecaySteps; // of the wave, which begins at 0
    double wave = Math.floor(share);
    if (timesMultiplier == 1) {
      share -= wave;
    } else {
      double grown = 1 + share * (timesMultiplier - 1);
      wave = Math.floor(Math.log(grown) / Math.log(timesMultiplier) + 1e-12); // a log rounds
      double length = Math.pow(timesMultiplier, wave);
      share = (share - (length - 1) / (timesMultiplier - 1)) / length;
    }
    double height = Math.pow(heightMultiplier, wave);
    return initialLearningRate * ((1 - alpha) * height * CosineDecay.wave(share) + alpha);
  }
}
