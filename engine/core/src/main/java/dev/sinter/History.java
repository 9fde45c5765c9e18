package dev.sinter;

import dev.sinter.errors.InputException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one call of fit recorded, epoch by epoch. An epoch that was ended within is recorded with
 * the means over the batches that were done. Any number of threads may use it once fit has
 * returned.
 */
public final class History implements Serializable {
  private static final long serialVersionUID = 1L;

  private final List<Integer> epochs = new ArrayList<>();
  private final List<Double> epochSeconds = new ArrayList<>();
  private final Map<String, List<Double>> series = new TreeMap<>();
  private final boolean isCounted; // the samples of its epochs
  private long samples; // of a whole epoch; that of the longest one where nobody knew
  private double setupSeconds;
  private double waitedSeconds;
  private double groupSeconds;
  private long trained; // samples of all epochs

  /** What was recorded, as values. */
  record Record(
      List<Integer> epochs, List<Double> seconds, Map<String, List<Double>> series, long trained) {}

  /**
   * Begins a history.
   *
   * @param samples of a whole epoch, or {@link Windows#UNKNOWN}
   */
  History(long samples) {
    this.samples = samples;
    this.isCounted = samples == Windows.UNKNOWN;
  }

  /** Returns a copy of what was recorded. */
  Record record() {
    Map<String, List<Double>> copy = new TreeMap<>();
    series.forEach((name, values) -> copy.put(name, List.copyOf(values)));
    return new Record(List.copyOf(epochs), List.copyOf(epochSeconds), copy, trained);
  }

  /** Goes on from what an earlier part of the training recorded. */
  void restore(Record earlier) {
    epochs.addAll(earlier.epochs);
    epochSeconds.addAll(earlier.seconds);
    earlier.series.forEach((name, values) -> series.put(name, new ArrayList<>(values)));
    trained = earlier.trained;
  }

  void setUp(double seconds) {
    setupSeconds = seconds;
  }

  void waited(double seconds) {
    waitedSeconds = seconds;
  }

  void waitedForGroup(double seconds) {
    groupSeconds = seconds;
  }

  void add(int epoch, double seconds, long done, Map<String, Double> logs) {
    trained += done;
    samples = isCounted ? Math.max(samples, done) : samples;
    epochs.add(epoch);
    epochSeconds.add(seconds);
    logs.forEach(
        (name, value) -> series.computeIfAbsent(name, key -> new ArrayList<>()).add(value));
  }

  /** Returns the epochs that were run, counted from 0. */
  public List<Integer> epochs() {
    return Collections.unmodifiableList(epochs);
  }

  /** Returns the names recorded: accuracy, loss, val_accuracy, val_loss; sorted. */
  public List<String> names() {
    return List.copyOf(series.keySet());
  }

  /** Returns one value an epoch. */
  public List<Double> get(String name) {
    List<Double> values = series.get(name);
    if (values == null) {
      throw InputException.of(
          "history",
          "one of " + series.keySet(),
          name,
          "Name the metric when you compile the model");
    }
    return Collections.unmodifiableList(values);
  }

  /** Returns the value of the last epoch. */
  public double last(String name) {
    List<Double> values = get(name);
    return values.get(values.size() - 1);
  }

  /**
   * Returns the wall time of each epoch in seconds, training steps alone: no validation, no
   * callbacks.
   */
  public List<Double> epochSeconds() {
    return Collections.unmodifiableList(epochSeconds);
  }

  /** Returns the wall time of all epochs in seconds. */
  public double trainSeconds() {
    return epochSeconds.stream().mapToDouble(Double::doubleValue).sum();
  }

  /**
   * Returns the wall time from the call of fit to its first epoch: checks, compiling, translating,
   * uploading.
   */
  public double setupSeconds() {
    return setupSeconds;
  }

  /**
   * Returns the part of {@link #trainSeconds} that was spent waiting for the samples of a stream; 0
   * for a dataset.
   */
  public double waitedSeconds() {
    return waitedSeconds;
  }

  /**
   * Returns the seconds for which this process waited for sums with the others of its {@linkplain
   * Fit#group group}: what was sent while it still computed does not count. 0 without a group.
   */
  public double groupSeconds() {
    return groupSeconds;
  }

  /** Returns the number of samples of a whole epoch; of a stream, as many as were read. */
  public long samples() {
    return Math.max(0, samples);
  }

  /** Returns the samples trained on / {@link #trainSeconds}; 0 where no epoch was run. */
  public double samplesPerSecond() {
    double seconds = trainSeconds();
    return seconds == 0 ? 0 : trained / seconds;
  }
}
