package dev.sinter.errors;

/** The loss or the weights are no longer finite. Immutable: any number of threads may use it. */
public final class TrainingDivergedException extends RunException {
  private static final long serialVersionUID = 1L;

  private final int epoch;
  private final int step;

  /**
   * Creates an exception with a complete message.
   *
   * @param epoch from 1
   * @param step within the epoch, from 1; 0 if only the weights are not finite, after the last step
   */
  public TrainingDivergedException(String message, int epoch, int step) {
    super(message);
    this.epoch = epoch;
    this.step = step;
  }

  /** Returns the epoch, from 1. */
  public int epoch() {
    return epoch;
  }

  /**
   * Returns the step of the epoch with the first loss that was not finite, from 1; 0 if all losses
   * were finite but the last update made the weights infinite or NaN.
   */
  public int step() {
    return step;
  }
}
