package dev.sinter;

import dev.sinter.data.Dataset;
import dev.sinter.errors.InputException;
import dev.sinter.report.Style;
import dev.sinter.report.Verbosity;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How to train; made by {@link #epochs} and refined by the other methods. Defaults are Keras's.
 * Immutable: any number of threads may use it.
 *
 * @param epochs the last epoch, exclusive: training runs from initialEpoch to epochs
 * @param initialEpoch default 0
 * @param batchSize default 32; the last, partial batch is kept
 * @param shuffle default true: a new order every epoch
 * @param validationData evaluated after each epoch, or null
 * @param validationSplit share of the last samples that is held out for validation, default 0
 * @param verbose how much to print, default auto: a bar on a terminal, elsewhere one line an epoch
 * @param callbacks hooks, in order
 * @param checkpoint when to write down all that the training needs to go on, or null for never
 * @param resume a folder of checkpoints to go on from, or null to start at the initial epoch
 */
public record Fit(
    int epochs,
    int initialEpoch,
    int batchSize,
    boolean shuffle,
    @Nullable Dataset validationData,
    double validationSplit,
    Verbosity verbose,
    List<Callback> callbacks,
    @Nullable Checkpoint checkpoint,
    @Nullable Path resume) {
  public Fit {
    callbacks = List.copyOf(callbacks);
    require(epochs >= 0, "epochs", "at least 0", epochs);
    require(initialEpoch >= 0, "initial epoch", "at least 0", initialEpoch);
    require(batchSize >= 1, "batch size", "at least 1", batchSize);
    require(
        validationSplit >= 0 && validationSplit < 1,
        "validation split",
        "a share from 0 to below 1",
        validationSplit);
  }

  private static void require(boolean legal, String option, String expected, Object received) {
    if (!legal) {
      throw InputException.of("fit, " + option, expected, received, "Correct the value");
    }
  }

  /** Starts from Keras's defaults with a number of epochs. */
  public static Fit epochs(int epochs) {
    return new Fit(epochs, 0, 32, true, null, 0, Verbosity.AUTO, List.of(), null, null);
  }

  /** Returns these options starting at a later epoch, to go on with a training. */
  public Fit initialEpoch(int value) {
    return new Fit(
        epochs,
        value,
        batchSize,
        shuffle,
        validationData,
        validationSplit,
        verbose,
        callbacks,
        checkpoint,
        resume);
  }

  /** Returns these options with a batch size. */
  public Fit batchSize(int value) {
    return new Fit(
        epochs,
        initialEpoch,
        value,
        shuffle,
        validationData,
        validationSplit,
        verbose,
        callbacks,
        checkpoint,
        resume);
  }

  /** Returns these options with shuffling on or off. */
  public Fit shuffle(boolean value) {
    return new Fit(
        epochs,
        initialEpoch,
        batchSize,
        value,
        validationData,
        validationSplit,
        verbose,
        callbacks,
        checkpoint,
        resume);
  }

  /**
   * Returns these options with validation data, or null for none; it takes precedence over a split.
   */
  public Fit validationData(@Nullable Dataset value) {
    return new Fit(
        epochs,
        initialEpoch,
        batchSize,
        shuffle,
        value,
        validationSplit,
        verbose,
        callbacks,
        checkpoint,
        resume);
  }

  /** Returns these options with a share of the last samples held out before shuffling. */
  public Fit validationSplit(double value) {
    return new Fit(
        epochs,
        initialEpoch,
        batchSize,
        shuffle,
        validationData,
        value,
        verbose,
        callbacks,
        checkpoint,
        resume);
  }

  /** Returns these options with Keras's level: 0 nothing, 1 a bar, 2 one line an epoch. */
  public Fit verbose(int level) {
    return verbose(Integer.toString(level));
  }

  /** Returns these options with Keras's level by name: auto, 0, 1 or 2. */
  public Fit verbose(String level) {
    return verbose(verbose.level(Verbosity.level(level)));
  }

  /** Returns these options with the bar of another Keras. */
  public Fit style(Style value) {
    return verbose(verbose.style(value));
  }

  private Fit verbose(Verbosity value) {
    return new Fit(
        epochs,
        initialEpoch,
        batchSize,
        shuffle,
        validationData,
        validationSplit,
        value,
        callbacks,
        checkpoint,
        resume);
  }

  /** Returns these options with one more callback. */
  public Fit callback(Callback callback) {
    List<Callback> more = new ArrayList<>(callbacks);
    more.add(callback);
    return new Fit(
        epochs,
        initialEpoch,
        batchSize,
        shuffle,
        validationData,
        validationSplit,
        verbose,
        more,
        checkpoint,
        resume);
  }

  /** Returns these options with checkpoints, or null for none. */
  public Fit checkpoint(@Nullable Checkpoint value) {
    return new Fit(
        epochs,
        initialEpoch,
        batchSize,
        shuffle,
        validationData,
        validationSplit,
        verbose,
        callbacks,
        value,
        resume);
  }

  /**
   * Returns these options for a training that goes on from the newest intact checkpoint in a
   * folder, or starts from the beginning where there is none. Data, network, optimizer, batch size
   * and seed must be those of the training that wrote it; more epochs may be asked for. The history
   * begins with the epochs that were run then.
   */
  public Fit resume(@Nullable Path value) {
    return new Fit(
        epochs,
        initialEpoch,
        batchSize,
        shuffle,
        validationData,
        validationSplit,
        verbose,
        callbacks,
        checkpoint,
        value);
  }
}
