package dev.sinter.callbacks;

import dev.sinter.CallbackState;
import dev.sinter.History;
import dev.sinter.Model;
import dev.sinter.data.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends training when a monitored value has stopped improving. Used by one thread at a time, that of
 * the training.
 *
 * <p>After each epoch, wait = wait + 1. A value better than the best so far becomes the best, and
 * wait = 0 where it is better than the baseline as well. Otherwise training ends if wait has
 * reached the patience, not before the second epoch.
 *
 * <pre>{@code
 * new EarlyStopping("val_accuracy").patience(3).restoreBestWeights(true).verbose(1)
 * }</pre>
 *
 * <p>A value that is not in the logs is warned about once, and training goes on. Source: Keras,
 * callbacks/early_stopping.py.
 */
public final class EarlyStopping extends Configurable<EarlyStopping> {
  private static final Logger LOG = LoggerFactory.getLogger(EarlyStopping.class);
  private static final String NAME = "EarlyStopping";

  private Monitor monitor;
  private int patience;
  private int startFromEpoch;
  private @Nullable Double baseline; // null: none
  private boolean restoreBestWeights;
  private boolean verbose;

  private int wait;
  private int stoppedEpoch; // 0: not stopped
  private @Nullable Double best; // null: none yet
  private int bestEpoch;
  private @Nullable List<Tensor> bestWeights; // null: none yet, or not wanted

  /** Watches val_loss, which needs validation data. */
  public EarlyStopping() {
    this("val_loss");
  }

  /** Watches a value by its key in the logs: loss, accuracy, val_loss, ... */
  public EarlyStopping(String monitor) {
    this.monitor = new Monitor(NAME, monitor);
  }

  /** Returns the key of the value that is watched. */
  public String monitor() {
    return monitor.name();
  }

  /**
   * Returns a copy with the direction in which the value improves; the default, auto, goes by its
   * name.
   */
  public EarlyStopping mode(Mode value) {
    return with(copy -> copy.monitor = monitor.mode(value));
  }

  /** Returns a copy with the least change that counts as an improvement, default 0. */
  public EarlyStopping minDelta(double value) {
    return with(copy -> copy.monitor = monitor.minDelta(value));
  }

  /**
   * Returns a copy with the number of epochs without improvement after which training ends, default
   * 0.
   */
  public EarlyStopping patience(int epochs) {
    return with(copy -> copy.patience = Arguments.atLeast(0, NAME + ", patience", epochs));
  }

  /** Returns a copy with a value that must be beaten within the patience; default none. */
  public EarlyStopping baseline(double value) {
    return with(copy -> copy.baseline = Arguments.finite(NAME + ", baseline", value));
  }

  /**
   * Returns a copy that restores the weights of the best epoch at the end, or not, whether stopped
   * or not.
   */
  public EarlyStopping restoreBestWeights(boolean value) {
    return with(copy -> copy.restoreBestWeights = value);
  }

  /**
   * Returns a copy with the first epoch that is watched, counted from 0: a time to warm up; default
   * 0.
   */
  public EarlyStopping startFromEpoch(int epoch) {
    return with(
        copy -> copy.startFromEpoch = Arguments.atLeast(0, NAME + ", start from epoch", epoch));
  }

  /** Returns a copy with the level of Keras: 1 prints what it does, 0, the default, nothing. */
  public EarlyStopping verbose(int level) {
    return with(copy -> copy.verbose = Arguments.verbose("EarlyStopping", level));
  }

  @Override
  public void onTrainBegin(Model model) {
    monitor.resolve(model);
    wait = 0;
    stoppedEpoch = 0;
    best = null;
    bestEpoch = 0;
    bestWeights = null;
  }

  @Override
  public void onEpochEnd(Model model, int epoch, Map<String, Double> logs) {
    Double current =
        monitor.in(
            logs,
            LOG,
            "Early stopping conditioned on metric `{}` which is not available. Available metrics are: {}");
    if (current != null && epoch >= startFromEpoch) {
      watch(model, epoch, current);
    }
  }

  private void watch(Model model, int epoch, double current) {
    wait++;
    boolean improved = monitor.improves(current, best);
    if (restoreBestWeights && (improved || bestWeights == null)) {
      bestWeights = model.getWeights();
      bestEpoch = epoch;
    }
    if (improved) {
      best = current;
      if (baseline == null || monitor.improves(current, baseline)) {
        wait = 0;
      }
    } else if (wait >= patience && epoch > 0) {
      stoppedEpoch = epoch;
      model.stopTraining();
    }
  }

  @Override
  public CallbackState state() {
    CallbackState state =
        CallbackState.of("wait", wait)
            .with("stoppedEpoch", stoppedEpoch)
            .with("best", best)
            .with("bestEpoch", bestEpoch);
    Map<String, Tensor> weights = new LinkedHashMap<>();
    if (bestWeights != null) {
      bestWeights.forEach(weight -> weights.put("weight" + weights.size(), weight));
    }
    return state.withArrays(weights);
  }

  @Override
  public void restore(CallbackState state) {
    wait = state.integer("wait");
    stoppedEpoch = state.integer("stoppedEpoch");
    best = state.decimal("best");
    bestEpoch = state.integer("bestEpoch");
    bestWeights = state.arrays().isEmpty() ? null : List.copyOf(state.arrays().values());
  }

  @Override
  public void onTrainEnd(Model model, History history) {
    if (stoppedEpoch > 0 && verbose) {
      System.out.println("Epoch " + (stoppedEpoch + 1) + ": early stopping");
    }
    if (bestWeights != null) {
      if (verbose) {
        System.out.println(
            "Restoring model weights from the end of the best epoch: " + (bestEpoch + 1) + ".");
      }
      if (bestWeights.stream().allMatch(EarlyStopping::isFinite)) { // else it diverged just then
        model.setWeights(bestWeights);
      }
      bestWeights = null;
    }
  }

  private static boolean isFinite(Tensor weights) {
    for (int i = 0; i < weights.size(); i++) {
      if (!Float.isFinite(weights.get(i))) {
        return false;
      }
    }
    return true;
  }
}
