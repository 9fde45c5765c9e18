package dev.sinter;

import dev.sinter.errors.InputException;
import java.nio.file.Path;
import java.util.Objects;

/**
 * When a training writes down all that it needs to go on, and where. Immutable: any number of
 * threads may use it.
 *
 * <pre>{@code
 * Path folder = Path.of("checkpoints");
 * model.fit(train, Fit.epochs(50).checkpoint(Checkpoint.in(folder)).resume(folder));
 * }</pre>
 *
 * <p>The program above may be killed at any moment and started again: it goes on from the last
 * checkpoint, and its weights and history are those of a training that was never stopped, to the
 * bit, on one backend. A checkpoint is one file, written beside, flushed and moved, by a thread of
 * its own while training goes on. The last two are kept. It holds the weights, the optimizer's
 * arrays, the step, the seed, the history and the state of callbacks, under a checksum.
 *
 * @param folder for the files; created when needed
 * @param every how many of the unit lie between two checkpoints, at least 1
 * @param unit steps, epochs or seconds
 * @param onFailure what a checkpoint that cannot be written does
 */
public record Checkpoint(Path folder, int every, Unit unit, OnFailure onFailure) {
  /** What is counted from one checkpoint to the next. */
  public enum Unit {
    /** Updates of the weights. */
    STEPS,
    /** Whole epochs, their validation and callbacks included. */
    EPOCHS,
    /** Time; a checkpoint waits for the end of the steps under way, about 0.1 s. */
    SECONDS
  }

  /** What happens when a checkpoint cannot be written. */
  public enum OnFailure {
    /** A warning; training goes on, and the checkpoints before stay. */
    WARN,
    /** Training ends with the error. */
    STOP
  }

  public Checkpoint {
    Objects.requireNonNull(folder, "folder");
    Objects.requireNonNull(unit, "unit");
    Objects.requireNonNull(onFailure, "onFailure");
    if (every < 1) {
      throw InputException.of("checkpoint, every", "at least 1", every, "Correct the number");
    }
  }

  /** Writes checkpoints into a folder after every epoch; a failure is a warning. */
  public static Checkpoint in(Path folder) {
    return new Checkpoint(folder, 1, Unit.EPOCHS, OnFailure.WARN);
  }

  /** Returns this with another distance between checkpoints. */
  public Checkpoint every(int number, Unit other) {
    return new Checkpoint(folder, number, other, onFailure);
  }

  /** Returns this with what a checkpoint that cannot be written does. */
  public Checkpoint onFailure(OnFailure other) {
    return new Checkpoint(folder, every, unit, other);
  }

  /** Returns whether a folder holds a checkpoint, intact or not. */
  public static boolean isIn(Path folder) {
    return !CheckpointFolder.files(folder).isEmpty();
  }
}
