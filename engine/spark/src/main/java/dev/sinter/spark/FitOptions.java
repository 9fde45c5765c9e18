package dev.sinter.spark;

import dev.sinter.Checkpoint;
import dev.sinter.Fit;
import dev.sinter.distributed.ProcessGroup;
import dev.sinter.errors.InputException;
import dev.sinter.report.Style;
import java.io.Serializable;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Options of a training as values that can be sent; without data.
 *
 * @param stepsPerEpoch or null for all data
 * @param averageEvery 0: gradients are summed
 * @param checkpoints or null for none
 */
record FitOptions(
    int epochs,
    int initialEpoch,
    int batchSize,
    @Nullable Integer stepsPerEpoch,
    boolean shuffle,
    int averageEvery,
    @Nullable Checkpoints checkpoints)
    implements Serializable {

  /**
   * Where checkpoints are written.
   *
   * @param folder an absolute path, as all executors see it
   * @param resumes also from checkpoints of an earlier training
   */
  record Checkpoints(
      String folder,
      int every,
      Checkpoint.Unit unit,
      Checkpoint.OnFailure onFailure,
      boolean resumes)
      implements Serializable {}

  /**
   * Returns the values of options.
   *
   * @throws InputException for an option that does not reach the workers
   */
  static FitOptions of(Fit options) {
    Checkpoint plan = options.checkpoint();
    Path resume = options.resume();
    if (resume != null && (plan == null || !resume.equals(plan.folder()))) {
      throw InputException.of(
          "fit on Spark, resume",
          "the folder of the checkpoints, " + (plan == null ? "and there is none" : plan.folder()),
          resume,
          "Set Fit.checkpoint and Fit.resume to one folder");
    }
    FitOptions values =
        new FitOptions(
            options.epochs(),
            options.initialEpoch(),
            options.batchSize(),
            options.stepsPerEpoch(),
            options.shuffle(),
            options.averageEvery(),
            plan == null
                ? null
                : new Checkpoints(
                    plan.folder().toAbsolutePath().toString(),
                    plan.every(),
                    plan.unit(),
                    plan.onFailure(),
                    resume != null));
    Fit known =
        values
            .fit()
            .checkpoint(plan)
            .resume(resume)
            .validationData(options.validationData())
            .validationSplit(options.validationSplit());
    if (!plain(known).equals(plain(options))) {
      throw InputException.of(
          "fit on Spark",
          "options that reach its workers",
          "another one: a callback, class weights, a stream, a group, or how validation is done",
          "Leave it out, or train on one machine");
    }
    if (values.stepsPerEpoch != null && !options.batchSize(values.batchSize).equals(options)) {
      throw InputException.of(
          "fit on Spark", "steps per epoch with a batch size", "none", "Set the batch size");
    }
    return values;
  }

  /** Returns options without what makes no difference here. */
  private static Fit plain(Fit options) {
    return options.batchSize(options.batchSize()).verbose(0).style(Style.KERAS3);
  }

  /** Returns the options. */
  Fit fit() {
    Fit fit =
        Fit.epochs(epochs)
            .initialEpoch(initialEpoch)
            .batchSize(batchSize)
            .shuffle(shuffle)
            .verbose(0);
    fit = stepsPerEpoch == null ? fit : fit.stepsPerEpoch(stepsPerEpoch);
    fit = averageEvery == 0 ? fit : fit.averageEvery(averageEvery);
    return checkpoints == null
        ? fit
        : fit.checkpoint(
            new Checkpoint(
                Path.of(checkpoints.folder),
                checkpoints.every,
                checkpoints.unit,
                checkpoints.onFailure));
  }

  /**
   * Returns the options of a worker.
   *
   * @param group or null for a training alone
   */
  Fit of(@Nullable ProcessGroup group) {
    Fit fit = fit().group(group);
    return checkpoints == null ? fit : fit.resume(Path.of(checkpoints.folder));
  }
}
