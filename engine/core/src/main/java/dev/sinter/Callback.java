package dev.sinter;

import dev.sinter.report.Progress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Hooks into training; every method does nothing by default. Called in the order in which the
 * callbacks were given. Epochs and batches count from 0, as in Keras; logs are sorted by name.
 * {@code dev.sinter.callbacks} has those that Keras has. Used by one thread at a time, that of the
 * training.
 */
public interface Callback {
  /** Called before the first epoch. */
  default void onTrainBegin(Model model) {}

  /**
   * Returns the epoch to begin with, after {@link #onTrainBegin}: a callback that goes on with an
   * earlier training restores the model here.
   *
   * @param planned what the options and the callbacks before say
   */
  default int initialEpoch(Model model, int planned) {
    return planned;
  }

  /** Called before an epoch: the place to set the learning rate. */
  default void onEpochBegin(Model model, int epoch) {}

  /**
   * Returns whether {@link #onTrainBatchEnd} is wanted, by default whether it is overridden; steps
   * then run one by one, with the same results.
   */
  default boolean wantsBatches() {
    try {
      return getClass()
              .getMethod("onTrainBatchEnd", Model.class, int.class, Map.class)
              .getDeclaringClass()
          != Callback.class;
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(e); // an interface's method is there
    }
  }

  /**
   * Called after a batch, with the means of the epoch so far; {@link Model#stopTraining} ends it
   * here.
   */
  default void onTrainBatchEnd(Model model, int batch, Map<String, Double> logs) {}

  /**
   * Called when the loss of a step is NaN or infinite. Training then fails with an error that says
   * so, unless a callback returns true: it ends after this epoch, whose logs reach to this batch.
   * The steps that had been started together with it were made.
   */
  default boolean onInvalidLoss(Model model, int batch, double loss) {
    return false;
  }

  /** Returns whether {@link #onProgress} is wanted within epochs, not at their ends alone. */
  default boolean wantsProgress() {
    return false;
  }

  /**
   * Called between two chunks of steps, at most 20 times a second, where {@link #wantsProgress}
   * asks for it; and always after an epoch's last step, before validation. Training waits for it:
   * hand over what takes long to another thread.
   */
  default void onProgress(Model model, Progress progress) {}

  /**
   * Called after an epoch, with training and validation logs; the place for {@link
   * Model#stopTraining}. What is put into the logs reaches the callbacks after this one, and the
   * history.
   */
  default void onEpochEnd(Model model, int epoch, Map<String, Double> logs) {}

  /** Called after the last epoch. */
  default void onTrainEnd(Model model, History history) {}

  /**
   * Returns what this callback must carry over to a training that is resumed from a checkpoint, or
   * null for nothing. Called after an epoch's or a batch's callbacks, where a checkpoint is due.
   */
  default @Nullable CallbackState state() {
    return null;
  }

  /**
   * Takes on the state that {@link #state} returned in the training that is resumed. Called after
   * {@link #onTrainBegin}; and where the training goes on within an epoch, again after {@link
   * #onEpochBegin} of that epoch.
   */
  default void restore(CallbackState state) {}
}
