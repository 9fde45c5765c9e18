package dev.sinter.spark;

import dev.sinter.History;
import dev.sinter.errors.InputException;
import dev.sinter.errors.SinterException;
import dev.sinter.errors.TrainingDivergedException;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/** How a worker ended. */
sealed interface WorkerResult extends Serializable {
  /**
   * It has trained.
   *
   * @param network the trained model, as a .keras file; null except on rank 0
   * @param history null except on rank 0
   * @param weights a checksum of the weights
   */
  record Trained(
      byte @Nullable [] network,
      @Nullable History history,
      long weights,
      String transport,
      String backend,
      String device)
      implements WorkerResult {}

  /**
   * It would fail again and again.
   *
   * @param message complete
   * @param epoch of a training that has diverged, or 0 for bad input
   * @param step of that epoch
   */
  record Refused(String message, int epoch, int step) implements WorkerResult {
    static Refused of(InputException e) {
      return new Refused(String.valueOf(e.getMessage()), 0, 0);
    }

    static Refused of(TrainingDivergedException e) {
      return new Refused(String.valueOf(e.getMessage()), e.epoch(), e.step());
    }

    SinterException exception() {
      return epoch == 0
          ? new InputException(message)
          : new TrainingDivergedException(message, epoch, step);
    }
  }
}
