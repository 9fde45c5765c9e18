package dev.sinter.callbacks;

import dev.sinter.Model;
import dev.sinter.errors.InputException;
import java.util.Map;
import java.util.Objects;

/**
 * Sets the learning rate at the start of each epoch: lr = schedule(epoch, lr). The logs get {@code
 * learning_rate}. Used by one thread at a time, that of the training.
 *
 * <pre>{@code
 * new LearningRateScheduler((epoch, rate) -> epoch < 10 ? rate : rate * Math.exp(-0.1))
 * }</pre>
 *
 * <p>Source: Keras, callbacks/learning_rate_scheduler.py.
 */
public final class LearningRateScheduler extends Configurable<LearningRateScheduler> {
  /** A learning rate for each epoch. */
  @FunctionalInterface
  public interface Schedule {
    /**
     * Returns the learning rate of an epoch, finite and at least 0.
     *
     * @param epoch counted from 0
     * @param rate the learning rate so far
     */
    double rate(int epoch, double rate);
  }

  private final Schedule schedule;
  private boolean verbose;

  /** Creates a scheduler. */
  public LearningRateScheduler(Schedule schedule) {
    this.schedule = Objects.requireNonNull(schedule, "schedule");
  }

  /** Returns a copy with the level of Keras: 1 prints what it does, 0, the default, nothing. */
  public LearningRateScheduler verbose(int level) {
    return with(copy -> copy.verbose = Arguments.verbose("LearningRateScheduler", level));
  }

  @Override
  public void onEpochBegin(Model model, int epoch) {
    double rate = schedule.rate(epoch, model.learningRate());
    if (!(rate >= 0 && Double.isFinite(rate))) {
      throw InputException.of(
          "LearningRateScheduler, epoch " + (epoch + 1),
          "a finite learning rate of at least 0 from the schedule",
          rate,
          "Correct the schedule");
    }
    model.setLearningRate(rate);
    if (verbose) {
      System.out.println(
          "Epoch %s: LearningRateScheduler setting learning rate to %s."
              .formatted(epoch + 1, PythonNumber.of(rate)));
    }
  }

  @Override
  public void onEpochEnd(Model model, int epoch, Map<String, Double> logs) {
    logs.put("learning_rate", model.learningRate());
  }
}
