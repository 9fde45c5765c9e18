package dev.sinter.optimizers;

import dev.sinter.program.UpdateRule;
import java.util.List;

/**
 * Updates weights from their gradients. An optimizer is an immutable description. Its {@link #rule}
 * states the formula, which every backend runs, so a new optimizer only needs a new rule.
 *
 * <p>Immutable: any number of threads may use it.
 */
public interface Optimizer {
  /** Returns the name in Keras, lower case. */
  String name();

  /** Returns the learning rate, finite and at least 0. */
  double learningRate();

  /** Returns this optimizer with another learning rate. */
  Optimizer learningRate(double learningRate);

  /** Returns the update of one weight in one step. */
  UpdateRule rule();

  /**
   * Returns an optimizer by name, with the defaults of Keras: sgd, rmsprop, adam, adamw, adagrad,
   * adadelta, adamax, nadam, lion. The names momentum and nesterov are SGD with a momentum of 0.9.
   */
  static Optimizer of(String name) {
    return OptimizerNames.KNOWN.get(name);
  }

  /** Returns the names that {@link #of} knows. */
  static List<String> names() {
    return OptimizerNames.KNOWN.names();
  }
}
