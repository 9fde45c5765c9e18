package dev.sinter;

import dev.sinter.data.Dataset;
import dev.sinter.data.Stream;
import dev.sinter.distributed.ProcessGroup;
import dev.sinter.errors.InputException;
import dev.sinter.report.Style;
import dev.sinter.report.Verbosity;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How to train; made by {@link #epochs(int)} and refined by the other methods, each of which
 * returns a copy. Defaults are Keras's. Immutable: any number of threads may use it.
 */
public final class Fit {
  private static final int BATCH_SIZE = 32;

  private final Values values; // never written once it is here

  /** The options; what a method sets, it sets in a copy. */
  private static final class Values implements Cloneable {
    int epochs;
    int initialEpoch;
    @Nullable Integer batchSize; // null: not set
    @Nullable Integer stepsPerEpoch; // null: all data
    boolean shuffle = true;
    @Nullable Dataset validationData;
    @Nullable Stream validationStream; // instead of it
    double validationSplit;
    @Nullable Integer validationBatchSize; // null: the batch size
    @Nullable Integer validationSteps; // null: all data
    int validationFreq = 1;
    List<Integer> validationEpochs = List.of(); // empty: every so many epochs
    Map<Integer, Double> classWeight = Map.of();
    Verbosity verbose = Verbosity.AUTO;
    List<Callback> callbacks = List.of();
    @Nullable Checkpoint checkpoint;
    @Nullable Path resume;
    @Nullable ProcessGroup group;
    int averageEvery; // 0: gradients are summed instead

    private List<@Nullable Object> all() {
      return Arrays.asList(
          epochs,
          initialEpoch,
          batchSize,
          stepsPerEpoch,
          shuffle,
          validationData,
          validationStream,
          validationSplit,
          validationBatchSize,
          validationSteps,
          validationFreq,
          validationEpochs,
          classWeight,
          verbose,
          callbacks,
          checkpoint,
          resume,
          group,
          averageEvery);
    }

    Values with(Consumer<Values> change) {
      try {
        Values copy = (Values) clone();
        change.accept(copy);
        return copy;
      } catch (CloneNotSupportedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private Fit(Values values) {
    this.values = values;
  }

  private Fit with(Consumer<Values> change) {
    return new Fit(values.with(change));
  }

  private static int atLeast(int least, String option, int value) {
    require(value >= least, option, "at least " + least, value);
    return value;
  }

  private static void require(boolean legal, String option, String expected, Object received) {
    if (!legal) {
      throw InputException.of("fit, " + option, expected, received, "Correct the value");
    }
  }

  /**
   * Starts from Keras's defaults.
   *
   * @param epochs the last epoch, exclusive: training runs from the initial epoch to it
   */
  public static Fit epochs(int epochs) {
    return new Fit(new Values()).with(copy -> copy.epochs = atLeast(0, "epochs", epochs));
  }

  /** Returns these options starting at a later epoch, to go on with a training; default 0. */
  public Fit initialEpoch(int value) {
    return with(copy -> copy.initialEpoch = atLeast(0, "initial epoch", value));
  }

  /** Returns these options with a batch size, default 32; the last, partial batch is kept. */
  public Fit batchSize(int value) {
    return with(copy -> copy.batchSize = atLeast(1, "batch size", value));
  }

  /**
   * Returns these options with the number of steps after which an epoch ends; the default is all
   * batches of the data. The next epoch goes on with the batches after them. Where the data runs
   * out, the epoch ends with a warning, and the next one begins at its start. Without a batch size,
   * the batches of a dataset are so large that these steps make up all of it.
   */
  public Fit stepsPerEpoch(int value) {
    return with(copy -> copy.stepsPerEpoch = atLeast(1, "steps per epoch", value));
  }

  /** Returns these options with shuffling on, the default, or off: a new order every epoch. */
  public Fit shuffle(boolean value) {
    return with(copy -> copy.shuffle = value);
  }

  /**
   * Returns these options with data that is evaluated after each epoch, or null for none; it takes
   * precedence over a split.
   */
  public Fit validationData(@Nullable Dataset value) {
    return with(
        copy -> {
          copy.validationData = value;
          copy.validationStream = null;
        });
  }

  /** Returns these options with a stream that is evaluated after each epoch, in place of data. */
  public Fit validationStream(Stream value) {
    return with(
        copy -> {
          copy.validationData = null;
          copy.validationStream = value;
        });
  }

  /**
   * Returns these options with a share of the last samples held out for validation before
   * shuffling, default 0.
   */
  public Fit validationSplit(double value) {
    require(value >= 0 && value < 1, "validation split", "a share from 0 to below 1", value);
    return with(copy -> copy.validationSplit = value);
  }

  /**
   * Returns these options with weights of classes, each at least 0: how much the samples of a class
   * count in the loss of the training, 1 for a class without. Validation does not weigh, nor do
   * metrics, but for weighted ones. For labels that are class indices, one-hot rows, or one column
   * of 0 and 1.
   */
  public Fit classWeight(Map<Integer, Double> value) {
    value.forEach(
        (each, weight) ->
            require(
                weight >= 0 && weight <= Float.MAX_VALUE,
                "class weights, class " + each,
                "a finite number of at least 0",
                weight));
    Map<Integer, Double> own = Map.copyOf(value);
    return with(copy -> copy.classWeight = own);
  }

  /**
   * Returns these options with the number of batches that validation looks at, from the start of
   * its data; the default is all of them.
   */
  public Fit validationSteps(int value) {
    return with(copy -> copy.validationSteps = atLeast(1, "validation steps", value));
  }

  /**
   * Returns these options with the size of the batches that {@link #validationSteps} counts; the
   * default is the batch size. Results do not depend on it.
   */
  public Fit validationBatchSize(int value) {
    return with(copy -> copy.validationBatchSize = atLeast(1, "validation batch size", value));
  }

  /**
   * Returns these options with validation after every so many epochs, default 1. The logs of the
   * other epochs have no {@code val_} values; in the history these are NaN.
   */
  public Fit validationFreq(int every) {
    return with(
        copy -> {
          copy.validationFreq = atLeast(1, "validation frequency", every);
          copy.validationEpochs = List.of();
        });
  }

  /** Returns these options with validation after some epochs alone, counted from 1 as in Keras. */
  public Fit validationFreq(List<Integer> epochs) {
    require(!epochs.isEmpty(), "validation frequency", "at least one epoch", epochs);
    epochs.forEach(epoch -> atLeast(1, "validation frequency, epoch", epoch));
    return with(copy -> copy.validationEpochs = List.copyOf(epochs));
  }

  /** Returns these options with Keras's level: 0 nothing, 1 a bar, 2 one line an epoch. */
  public Fit verbose(int level) {
    return verbose(Integer.toString(level));
  }

  /**
   * Returns these options with Keras's level by name: auto, 0, 1 or 2. The default, auto, is a bar
   * on a terminal, elsewhere one line an epoch.
   */
  public Fit verbose(String level) {
    return with(copy -> copy.verbose = copy.verbose.level(Verbosity.level(level)));
  }

  /** Returns these options with the bar of another Keras. */
  public Fit style(Style value) {
    return with(copy -> copy.verbose = copy.verbose.style(value));
  }

  /** Returns these options with one more callback. */
  public Fit callback(Callback callback) {
    List<Callback> more = new ArrayList<>(values.callbacks);
    more.add(callback);
    return with(copy -> copy.callbacks = List.copyOf(more));
  }

  /** Returns these options with checkpoints, or null, the default, for none. */
  public Fit checkpoint(@Nullable Checkpoint value) {
    return with(copy -> copy.checkpoint = value);
  }

  /**
   * Returns these options for a training that goes on from the newest intact checkpoint in a
   * folder, or starts from the beginning where there is none. Data, network, optimizer, batch size
   * and seed must be those of the training that wrote it; more epochs may be asked for. The history
   * begins with the epochs that were run then.
   */
  public Fit resume(@Nullable Path value) {
    return with(copy -> copy.resume = value);
  }

  /**
   * Returns these options for a training together with other processes, or null, the default, for
   * one alone. Each process calls fit with the same options, and with its own rows alone: those
   * that {@link dev.sinter.distributed.Parts} gives it; it shuffles them by itself. The batch size
   * is that of all processes together. In each step every process computes the gradients of its
   * part of the batch; they are summed, and all processes make the same update. Loss and metrics,
   * also of the validation, are those of all processes' rows; a BatchNormalization normalizes with
   * those of its own process. Rank 0 alone writes and reads checkpoints.
   *
   * <p>Callbacks that change the model or its learning rate must be on all processes. A process
   * that is busy for longer than the group waits, with its callbacks or with validation rows that
   * the others lack, counts as lost. {@code stopTraining} in a callback ends all processes after
   * the epoch; by another thread, after the next step. An interrupt ends {@code fit} with an error,
   * on all processes.
   */
  public Fit group(@Nullable ProcessGroup value) {
    return with(copy -> copy.group = value);
  }

  /**
   * Returns these options for local SGD in a {@linkplain #group group}: each process makes steps of
   * its own, with its part of the batch, and after so many of them, and at the end of each epoch,
   * the processes average their weights and their optimizers' state, each counting as much. Less is
   * sent; results differ from those of summed gradients. The loss of the steps, and with it
   * progress and batch callbacks, is known at each average. Without a group it changes nothing.
   */
  public Fit averageEvery(int steps) {
    return with(copy -> copy.averageEvery = atLeast(1, "average every", steps));
  }

  /** Returns the last epoch, exclusive. */
  public int epochs() {
    return values.epochs;
  }

  /** Returns the first epoch. */
  public int initialEpoch() {
    return values.initialEpoch;
  }

  /** Returns the batch size, 32 where none was set. */
  public int batchSize() {
    return Objects.requireNonNullElse(values.batchSize, BATCH_SIZE);
  }

  /** Returns the batch size for a dataset: where the steps alone were set, they divide it. */
  int batchSizeFor(int samples) {
    return values.batchSize == null && values.stepsPerEpoch != null
        ? Math.max(1, (int) Math.ceil((double) samples / values.stepsPerEpoch))
        : batchSize();
  }

  /** Returns whether the size of a batch follows from the number of steps. */
  boolean hasStepsAlone() {
    return values.batchSize == null && values.stepsPerEpoch != null;
  }

  /** Returns after which epochs validation data is evaluated, as a text. */
  String validationEpochs() {
    return values.validationEpochs.isEmpty()
        ? "every " + values.validationFreq
        : values.validationEpochs.toString();
  }

  /** Returns the steps of an epoch, or null where they are those of all data. */
  public @Nullable Integer stepsPerEpoch() {
    return values.stepsPerEpoch;
  }

  /** Returns whether each epoch has a new order. */
  public boolean shuffle() {
    return values.shuffle;
  }

  /** Returns the validation data, or null. */
  public @Nullable Dataset validationData() {
    return values.validationData;
  }

  /** Returns the weights of classes; empty where all are 1. */
  public Map<Integer, Double> classWeight() {
    return values.classWeight;
  }

  /** Returns the share of samples held out for validation. */
  public double validationSplit() {
    return values.validationSplit;
  }

  /** Returns the stream that is evaluated, or null. */
  public @Nullable Stream validationStream() {
    return values.validationStream;
  }

  /** Returns how many samples validation looks at, at most. */
  long validationSamples() {
    int batch = Objects.requireNonNullElse(values.validationBatchSize, batchSize());
    return values.validationSteps == null ? Long.MAX_VALUE : (long) batch * values.validationSteps;
  }

  /** Returns whether validation data is evaluated after an epoch, counted from 0. */
  boolean validatesAfter(int epoch) {
    return values.validationEpochs.isEmpty()
        ? (epoch + 1) % values.validationFreq == 0
        : values.validationEpochs.contains(epoch + 1);
  }

  /** Returns how much to print. */
  public Verbosity verbose() {
    return values.verbose;
  }

  /** Returns the callbacks, in order. */
  public List<Callback> callbacks() {
    return values.callbacks;
  }

  /** Returns when to write down all that the training needs to go on, or null for never. */
  public @Nullable Checkpoint checkpoint() {
    return values.checkpoint;
  }

  /** Returns a folder of checkpoints to go on from, or null to start at the initial epoch. */
  public @Nullable Path resume() {
    return values.resume;
  }

  /** Returns the processes that train together, or null. */
  public @Nullable ProcessGroup group() {
    return values.group;
  }

  /** Returns after how many steps processes average their weights; 0: they sum gradients. */
  public int averageEvery() {
    return values.averageEvery;
  }

  /** Returns whether all options are equal. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Fit that && values.all().equals(that.values.all());
  }

  @Override
  public int hashCode() {
    return values.all().hashCode();
  }
}
