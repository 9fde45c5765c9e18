package dev.sinter.report;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * The progress of an epoch of training.
 *
 * <p>Immutable: any number of threads may use it.
 *
 * @param epoch counted from 0
 * @param epochs the last epoch of this training, exclusive
 * @param step steps done in this epoch, up to steps
 * @param steps of a whole epoch; 0 where nobody knows, in the first epoch of a stream
 * @param samples trained on in this epoch so far
 * @param seconds since the first step of the epoch began; training only, without validation
 * @param logs the means of the epoch so far, by name: loss and metrics; sorted
 */
public record Progress(
    int epoch,
    int epochs,
    int step,
    int steps,
    long samples,
    double seconds,
    Map<String, Double> logs) {
  public Progress {
    logs = Collections.unmodifiableMap(new TreeMap<>(logs));
  }

  /** Returns the mean speed of the epoch so far; 0 if no time has passed. */
  public double samplesPerSecond() {
    return seconds > 0 ? samples / seconds : 0;
  }

  /** Returns the mean time of a step of this epoch so far. */
  public double secondsPerStep() {
    return step == 0 ? 0 : seconds / step;
  }

  /** Returns the estimated time for the rest of the epoch; NaN where nobody knows its steps. */
  public double secondsLeft() {
    return steps == 0 ? Double.NaN : secondsPerStep() * (steps - step);
  }
}
