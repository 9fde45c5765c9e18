package dev.sinter.optimizers;

import dev.sinter.program.UpdateRule;
import java.util.List;

/**
 * How weights follow their gradients. {@link #rule} states its formula, which every backend runs: a
 * new one is a new rule. Immutable: any number of threads may use it.
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
   * Returns the optimizer with a name, at Keras's defaults: sgd, rmsprop, adam, adamw; momentum and
   * nesterov are SGD with a momentum of 0.9. Case does not count, so Keras's class names do as
   * well.
   */
  static Optimizer of(String name) {
    return OptimizerNames.KNOWN.get(name);
  }

  /** Returns the names that {@link #of} knows. */
  static List<String> names() {
    return OptimizerNames.KNOWN.names();
  }
}
