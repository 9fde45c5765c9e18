package dev.sinter.optimizers;

import dev.sinter.errors.InputException;
import org.jspecify.annotations.Nullable;

/**
 * What every optimizer may do besides its own rule. In a step, in this order: the gradients of
 * several steps are averaged; they are clipped; the weights decay; the optimizer updates them;
 * their moving average is updated. Source: Keras, optimizers/base_optimizer.py.
 *
 * <p>Immutable: any number of threads may use it.
 *
 * @param schedule of the learning rate, or null for a constant one
 * @param clipNorm the largest norm of the gradient of each weight array, 0 for any
 * @param globalClipNorm the largest norm of all gradients together, 0 for any
 * @param clipValue the largest magnitude of an element of a gradient, 0 for any
 * @param weightDecay decoupled, on every weight, biases too: w = w - w lr decay; 0 for none
 * @param average of the weights, or null
 * @param accumulationSteps steps whose gradients are averaged for one update, 1 for none
 */
public record OptimizerOptions(
    @Nullable Schedule schedule,
    double clipNorm,
    double globalClipNorm,
    double clipValue,
    double weightDecay,
    @Nullable Average average,
    int accumulationSteps) {
  /** Nothing besides the rule. */
  public static final OptimizerOptions NONE = new OptimizerOptions(null, 0, 0, 0, 0, null, 1);

  /**
   * An exponential moving average of the weights: after the first update it is the weights, later a
   * = momentum a + (1 - momentum) w. At the end of fit, the weights become the average.
   *
   * @param momentum from 0 to 1, in Keras 0.99 by default
   * @param overwriteFrequency the weights also become the average after every so many updates; 0
   *     for never
   */
  public record Average(double momentum, int overwriteFrequency) {
    public Average {
      if (!(momentum >= 0 && momentum <= 1)) {
        throw refused("momentum of the average", "a number from 0 to 1", momentum);
      }
      if (overwriteFrequency < 0) {
        throw refused("overwrite frequency", "at least 0", overwriteFrequency);
      }
    }
  }

  public OptimizerOptions {
    Ranges.notNegative("optimizer", "clip norm", clipNorm);
    Ranges.notNegative("optimizer", "global clip norm", globalClipNorm);
    Ranges.notNegative("optimizer", "clip value", clipValue);
    Ranges.notNegative("optimizer", "weight decay", weightDecay);
    if (accumulationSteps < 1) {
      throw refused("accumulation steps", "at least 1", accumulationSteps);
    }
    int limits = (clipNorm > 0 ? 1 : 0) + (globalClipNorm > 0 ? 1 : 0) + (clipValue > 0 ? 1 : 0);
    if (limits > 1) {
      throw InputException.of(
          "optimizer",
          "one of clip norm, global clip norm and clip value",
          limits + " of them",
          "Choose one");
    }
  }

  private static InputException refused(String name, String expected, Object received) {
    return InputException.of("optimizer, " + name, expected, received, "Correct the value");
  }

  /** Returns these options with another schedule; null for a constant learning rate. */
  public OptimizerOptions schedule(@Nullable Schedule other) {
    return new OptimizerOptions(
        other, clipNorm, globalClipNorm, clipValue, weightDecay, average, accumulationSteps);
  }

  /** Returns these options with another largest norm of each gradient. */
  public OptimizerOptions clipNorm(double other) {
    return new OptimizerOptions(
        schedule, other, globalClipNorm, clipValue, weightDecay, average, accumulationSteps);
  }

  /** Returns these options with another largest norm of all gradients together. */
  public OptimizerOptions globalClipNorm(double other) {
    return new OptimizerOptions(
        schedule, clipNorm, other, clipValue, weightDecay, average, accumulationSteps);
  }

  /** Returns these options with another largest magnitude of an element. */
  public OptimizerOptions clipValue(double other) {
    return new OptimizerOptions(
        schedule, clipNorm, globalClipNorm, other, weightDecay, average, accumulationSteps);
  }

  /** Returns these options with another weight decay. */
  public OptimizerOptions weightDecay(double other) {
    return new OptimizerOptions(
        schedule, clipNorm, globalClipNorm, clipValue, other, average, accumulationSteps);
  }

  /** Returns these options with another average; null for none. */
  public OptimizerOptions average(@Nullable Average other) {
    return new OptimizerOptions(
        schedule, clipNorm, globalClipNorm, clipValue, weightDecay, other, accumulationSteps);
  }

  /** Returns these options with another number of steps for one update. */
  public OptimizerOptions accumulationSteps(int other) {
    return new OptimizerOptions(
        schedule, clipNorm, globalClipNorm, clipValue, weightDecay, average, other);
  }
}
