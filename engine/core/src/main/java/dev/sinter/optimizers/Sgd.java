package dev.sinter.optimizers;

import static dev.sinter.program.Expression.constant;
import static dev.sinter.program.Expression.input;

import dev.sinter.program.Expression;
import dev.sinter.program.UpdateRule;
import dev.sinter.program.UpdateRule.Assignment;
import java.util.List;

/**
 * Stochastic gradient descent, optionally with momentum. Source: Keras, optimizers/sgd.py.
 *
 * <p>Immutable: any number of threads may use it.
 *
 * <p>Without momentum: w = w - lr g. With it: m = momentum m - lr g; w = w + m, or with Nesterov
 * momentum w = w + momentum m - lr g.
 *
 * @param learningRate lr, default 0.01
 * @param momentum from 0 to below 1, default 0
 * @param nesterov default false; no effect without momentum
 */
public record Sgd(double learningRate, double momentum, boolean nesterov) implements Optimizer {
  public Sgd {
    Ranges.notNegative("SGD", "learning rate", learningRate);
    Ranges.fraction("SGD", "momentum", momentum);
  }

  /** Creates SGD with the defaults of Keras: learning rate 0.01, no momentum. */
  public Sgd() {
    this(0.01);
  }

  /** Creates plain SGD. */
  public Sgd(double learningRate) {
    this(learningRate, 0, false);
  }

  /** Returns this optimizer with momentum. */
  public Sgd momentum(double other) {
    return new Sgd(learningRate, other, nesterov);
  }

  /** Returns this optimizer with Nesterov momentum. */
  public Sgd nesterov(double momentum) {
    return new Sgd(learningRate, momentum, true);
  }

  @Override
  public String name() {
    return "sgd";
  }

  @Override
  public Sgd learningRate(double other) {
    return new Sgd(other, momentum, nesterov);
  }

  @Override
  public UpdateRule rule() {
    Expression w = input(0);
    Expression g = input(1);
    Expression m = input(2);
    Expression lr = new Expression.StepScalar(0);
    List<Expression> scalars = List.of(input(0));
    if (momentum == 0) {
      return new UpdateRule(
          name(), List.of(), scalars, List.of(new Assignment(0, w.minus(lr.times(g)))));
    }
    Expression step = nesterov ? m.times(momentum).minus(lr.times(g)) : m;
    return new UpdateRule(
        name(),
        List.of("momentum"),
        scalars,
        List.of(
            new Assignment(2, constant(momentum).times(m).minus(lr.times(g))),
            new Assignment(0, w.plus(step))));
  }
}
