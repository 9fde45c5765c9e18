package dev.sinter.callbacks;

import dev.sinter.CallbackState;
import dev.sinter.Model;
import dev.sinter.errors.InputException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lowers the learning rate when a monitored value has stopped improving. Used by one thread at a
 * time, that of the training.
 *
 * <p>After as many epochs without improvement as the patience says, lr = max(lr factor, minLr), and
 * for the epochs of the cooldown nothing is counted. The logs get {@code learning_rate}: that of
 * the epoch.
 *
 * <pre>{@code
 * new ReduceLROnPlateau("val_loss").factor(0.2).patience(5).minLearningRate(0.001)
 * }</pre>
 *
 * <p>A value that is not in the logs is warned about once; an optimizer with a schedule is refused
 * when the training begins. Source: Keras, callbacks/reduce_lr_on_plateau.py; unlike its latest
 * version, and like earlier ones, a second training forgets the best value of the first.
 */
public final class ReduceLROnPlateau extends Configurable<ReduceLROnPlateau> {
  private static final Logger LOG = LoggerFactory.getLogger(ReduceLROnPlateau.class);
  private static final String NAME = "ReduceLROnPlateau";

  private Monitor monitor;
  private double factor = 0.1;
  private int patience = 10;
  private int cooldown;
  private double minLearningRate;
  private boolean verbose;

  private @Nullable Double best; // null: none yet
  private int wait;
  private int cooldownLeft;

  /** Watches val_loss, which needs validation data. */
  public ReduceLROnPlateau() {
    this("val_loss");
  }

  /** Watches a value by its key in the logs: loss, accuracy, val_loss, ... */
  public ReduceLROnPlateau(String monitor) {
    this.monitor = new Monitor(NAME, monitor).minDelta(1e-4);
  }

  /** Returns the key of the value that is watched. */
  public String monitor() {
    return monitor.name();
  }

  /**
   * Returns a copy with the direction in which the value improves; the default, auto, goes by its
   * name.
   */
  public ReduceLROnPlateau mode(Mode value) {
    return with(copy -> copy.monitor = monitor.mode(value));
  }

  /** Returns a copy with the least change that counts as an improvement, default 0.0001. */
  public ReduceLROnPlateau minDelta(double value) {
    return with(copy -> copy.monitor = monitor.minDelta(value));
  }

  /** Returns a copy with the factor of the learning rate, from 0 to below 1; default 0.1. */
  public ReduceLROnPlateau factor(double value) {
    Arguments.require(
        value >= 0 && value < 1, NAME + ", factor", "a number from 0 to below 1", value);
    return with(copy -> copy.factor = value);
  }

  /**
   * Returns a copy with the number of epochs without improvement before a reduction, default 10.
   */
  public ReduceLROnPlateau patience(int epochs) {
    return with(copy -> copy.patience = Arguments.atLeast(0, NAME + ", patience", epochs));
  }

  /** Returns a copy with the number of epochs after a reduction that are not counted, default 0. */
  public ReduceLROnPlateau cooldown(int epochs) {
    return with(copy -> copy.cooldown = Arguments.atLeast(0, NAME + ", cooldown", epochs));
  }

  /** Returns a copy with the learning rate's lower bound, default 0. */
  public ReduceLROnPlateau minLearningRate(double value) {
    Arguments.require(
        value >= 0 && Double.isFinite(value),
        NAME + ", min learning rate",
        "a finite number of at least 0",
        value);
    return with(copy -> copy.minLearningRate = value);
  }

  /** Returns a copy with the level of Keras: 1 prints what it does, 0, the default, nothing. */
  public ReduceLROnPlateau verbose(int level) {
    return with(copy -> copy.verbose = Arguments.verbose("ReduceLROnPlateau", level));
  }

  @Override
  public void onTrainBegin(Model model) {
    if (model.isScheduled()) {
      throw InputException.of(
          NAME,
          "an optimizer with a constant learning rate",
          "one with a schedule",
          "Leave one of the two out");
    }
    monitor.resolve(model);
    best = null;
    wait = 0;
    cooldownLeft = 0;
  }

  @Override
  public void onEpochEnd(Model model, int epoch, Map<String, Double> logs) {
    logs.put("learning_rate", model.learningRate());
    Double current =
        monitor.in(
            logs,
            LOG,
            "Learning rate reduction is conditioned on metric `{}` which is not available. Available metrics are: {}.");
    if (current == null) {
      return;
    }
    if (cooldownLeft > 0) {
      cooldownLeft--;
      wait = 0;
    }
    if (monitor.improves(current, best)) {
      best = current;
      wait = 0;
    } else if (cooldownLeft == 0) {
      wait++;
      if (wait >= patience && model.learningRate() > minLearningRate) {
        reduce(model, epoch);
      }
    }
  }

  @Override
  public CallbackState state() {
    return CallbackState.of("best", best).with("wait", wait).with("cooldownLeft", cooldownLeft);
  }

  @Override
  public void restore(CallbackState state) {
    best = state.decimal("best");
    wait = state.integer("wait");
    cooldownLeft = state.integer("cooldownLeft");
  }

  private void reduce(Model model, int epoch) {
    double reduced = Math.max(model.learningRate() * factor, minLearningRate);
    model.setLearningRate(reduced);
    if (verbose) {
      System.out.println(
          "Epoch %s: ReduceLROnPlateau reducing learning rate to %s."
              .formatted(epoch + 1, PythonNumber.of(reduced)));
    }
    cooldownLeft = cooldown;
    wait = 0;
  }
}
