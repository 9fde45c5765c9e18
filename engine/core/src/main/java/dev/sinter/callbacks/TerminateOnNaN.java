package dev.sinter.callbacks;

import dev.sinter.Model;
import dev.sinter.errors.RunException;

/**
 * Ends training when the loss of a batch is NaN or infinite. Used by one thread at a time, that of
 * the training.
 *
 * <p>Without it such a loss is an error ({@link dev.sinter.errors.TrainingDivergedException}). With
 * it a message is printed, the epoch is concluded with logs up to that batch, and fit returns; the
 * model's weights are of no use then, unless {@link EarlyStopping} restores those of a better
 * epoch.
 *
 * <pre>{@code
 * model.fit(train, Fit.epochs(5).callback(new TerminateOnNaN()))
 * }</pre>
 *
 * <p>Training stays as fast as without: the steps that had been started together with the batch are
 * made before it ends. Source: Keras, callbacks/terminate_on_nan.py.
 */
public final class TerminateOnNaN extends Configurable<TerminateOnNaN> {
  private boolean raiseError;

  /**
   * Returns a copy that throws a {@link RunException} in Keras's words instead, or not; default
   * false.
   */
  public TerminateOnNaN raiseError(boolean value) {
    return with(copy -> copy.raiseError = value);
  }

  @Override
  public boolean onInvalidLoss(Model model, int batch, double loss) {
    if (raiseError) {
      throw new RunException(
          "NaN or Inf loss encountered at batch %s. Loss value: %s. Terminating training immediately."
              .formatted(batch, PythonNumber.of(loss)));
    }
    System.out.println("Batch " + batch + ": Invalid loss, terminating training");
    return true;
  }
}
