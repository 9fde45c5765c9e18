package dev.sinter.errors;

/** The loss or the weights of a training stopped being finite. */
public final class TrainingDivergedException extends RunException {
  private static final long serialVersionUID = 1L;

  private final int epoch;
  private final int step;

  /**
   * Creates an exception with a complete message.
   *
   * @param epoch from 1
   * @param step within the epoch, from 1; 0 where the weights tell it after the last one
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
   * Returns the step of the epoch whose loss was not finite, from 1; 0 where all losses were, and
   * the last update made the weights infinite or NaN.
   */
  public int step() {
    return step;
  }
}
