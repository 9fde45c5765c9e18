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

  /** Returns what the optimizer does besides its rule. */
  default OptimizerOptions options() {
    return OptimizerOptions.NONE;
  }

  /** Returns this optimizer with other options. Set those of its rule first. */
  default Optimizer options(OptimizerOptions options) {
    return options.equals(OptimizerOptions.NONE) ? this : new ExtendedOptimizer(this, options);
  }

  /** Returns this optimizer with a learning rate that changes from step to step. */
  default Optimizer learningRate(Schedule schedule) {
    return options(options().schedule(schedule));
  }

  /** Returns this optimizer with each gradient scaled down to a norm, array by array. */
  default Optimizer clipNorm(double norm) {
    return options(options().clipNorm(norm));
  }

  /** Returns this optimizer with all gradients scaled down to a norm, by one factor. */
  default Optimizer globalClipNorm(double norm) {
    return options(options().globalClipNorm(norm));
  }

  /** Returns this optimizer with the elements of gradients limited to [-limit, limit]. */
  default Optimizer clipValue(double limit) {
    return options(options().clipValue(limit));
  }

  /** Returns this optimizer with decoupled weight decay: first w = w - w lr decay. */
  default Optimizer weightDecay(double decay) {
    return options(options().weightDecay(decay));
  }

  /**
   * Returns this optimizer with an exponential moving average, which the weights become at last.
   */
  default Optimizer average(double momentum) {
    return options(options().average(new OptimizerOptions.Average(momentum, 0)));
  }

  /** Returns this optimizer with an average that the weights also become every so many updates. */
  default Optimizer average(double momentum, int overwriteFrequency) {
    return options(options().average(new OptimizerOptions.Average(momentum, overwriteFrequency)));
  }

  /** Returns this optimizer with one update in so many steps, from their mean gradient. */
  default Optimizer accumulationSteps(int steps) {
    return options(options().accumulationSteps(steps));
  }

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
