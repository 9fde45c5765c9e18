package dev.sinter.optimizers;

import dev.sinter.errors.InputException;

/**
 * One cycle: up from maximum / 25 in the first 30 percent of the steps, then down to a ten
 * thousandth of that start, each along half a wave of a cosine. Immutable: any number of threads
 * may use it. Source: Smith and Topin, arXiv 1708.07120, in the form of PyTorch, OneCycleLR with
 * its defaults (cosine, two phases), but without its cycle of the momentum; after the last step,
 * the learning rate stays.
 *
 * @param maximum the largest learning rate
 * @param totalSteps of the training, at least 2
 * @param start the share of the steps on the way up, above 0 and below 1, default 0.3
 * @param divisor maximum / the first learning rate, default 25
 * @param finalDivisor the first / the last learning rate, default 10000
 */
public record OneCycle(
    double maximum, long totalSteps, double start, double divisor, double finalDivisor)
    implements Schedule {
  public OneCycle {
    Ranges.notNegative("OneCycle", "maximum", maximum);
    if (totalSteps < 2) {
      throw InputException.of("OneCycle", "at least 2 steps", totalSteps, "Correct the value");
    }
    Ranges.positive("OneCycle", "start", start);
    Ranges.fraction("OneCycle", "start", start);
    Ranges.positive("OneCycle", "divisor", divisor);
    Ranges.positive("OneCycle", "final divisor", finalDivisor);
  }

  /** Creates a cycle with the defaults of PyTorch. */
  public OneCycle(double maximum, long totalSteps) {
    this(maximum, totalSteps, 0.3, 25, 1e4);
  }

  @Override
  public double at(long step) {
    double first = maximum / divisor;
    double top = start * totalSteps - 1; // the step of the maximum; may lie between two
    double last = totalSteps - 1;
    if (step < top) {
      return between(first, maximum, step / top);
    }
    return between(maximum, first / finalDivisor, Math.min(1, (step - top) / (last - top)));
  }

  private static double between(double from, double to, double share) {
    return to + (from - to) * CosineDecay.wave(share);
  }
}
