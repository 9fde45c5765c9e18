package dev.sinter.optimizers;

import dev.sinter.errors.InputException;
import dev.sinter.program.UpdateRule;

/**
 * How weights follow their gradients. An optimizer is an immutable description; {@link #rule}
 * states its formula, which every backend runs: a new one is a new rule.
 */
public interface Optimizer {
  /** Returns Keras's name, lower case. */
  String name();

  /** Returns the learning rate, finite and at least 0. */
  double learningRate();

  /** Returns this optimizer with another learning rate. */
  Optimizer withLearningRate(double learningRate);

  /** Returns what one step does to one weight. */
  UpdateRule rule();

  /**
   * Returns the optimizer with a name, at Keras's defaults: sgd, rmsprop, adam, adamw; besides,
   * momentum and nesterov are SGD with a momentum of 0.9.
   */
  static Optimizer of(String name) {
    return switch (name) {
      case "sgd" -> new Sgd();
      case "momentum" -> new Sgd().momentum(0.9);
      case "nesterov" -> new Sgd().nesterov(0.9);
      case "rmsprop" -> new RmsProp();
      case "adam" -> new Adam();
      case "adamw" -> new AdamW();
      default ->
          throw InputException.of(
              "optimizer",
              "one of sgd, momentum, nesterov, rmsprop, adam, adamw",
              "\"" + name + "\"",
              "Correct the name");
    };
  }
}
