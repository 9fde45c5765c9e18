package dev.sinter.optimizers;

import static dev.sinter.program.Expression.constant;
import static dev.sinter.program.Expression.input;

import dev.sinter.program.Expression;
import dev.sinter.program.Expression.BinaryFunction;
import dev.sinter.program.Expression.StepScalar;
import dev.sinter.program.Expression.UnaryFunction;
import dev.sinter.program.UpdateRule;
import dev.sinter.program.UpdateRule.Assignment;
import java.util.List;

/**
 * Adamax: Adam with the largest gradient instead of the root mean square. Immutable: any number of
 * threads may use it. Source: Kingma and Ba, ICLR 2015, in the form of Keras, optimizers/adamax.py.
 *
 * <p>t = the step, from 1; m = m + (g - m)(1 - beta1); u = max(beta2 u, |g|); w = w - lr m / ((1 -
 * beta1^t) (u + epsilon)).
 *
 * @param learningRate lr, default 0.001
 * @param beta1 from 0 to below 1, default 0.9
 * @param beta2 from 0 to below 1, default 0.999
 * @param epsilon default 1e-7
 */
public record Adamax(double learningRate, double beta1, double beta2, double epsilon)
    implements Optimizer {
  public Adamax {
    Ranges.notNegative("Adamax", "learning rate", learningRate);
    Ranges.fraction("Adamax", "beta1", beta1);
    Ranges.fraction("Adamax", "beta2", beta2);
    Ranges.positive("Adamax", "epsilon", epsilon);
  }

  /** Creates Adamax with the defaults of Keras: learning rate 0.001. */
  public Adamax() {
    this(0.001);
  }

  /** Creates Adamax with the given learning rate. */
  public Adamax(double learningRate) {
    this(learningRate, 0.9, 0.999, 1e-7);
  }

  @Override
  public String name() {
    return "adamax";
  }

  @Override
  public Adamax learningRate(double other) {
    return new Adamax(other, beta1, beta2, epsilon);
  }

  @Override
  public UpdateRule rule() {
    Expression w = input(0);
    Expression g = input(1);
    Expression m = input(2);
    Expression u = input(3);
    Expression power = new Expression.Binary(BinaryFunction.POWER, constant(beta1), input(1));
    Expression magnitude = g.max(g.apply(UnaryFunction.NEGATE));
    Expression step = m.times(new StepScalar(0)).over(u.plus(constant(epsilon)));
    return new UpdateRule(
        name(),
        List.of("momentum", "norm"),
        List.of(input(0).over(constant(1).minus(power))),
        List.of(
            new Assignment(2, m.plus(g.minus(m).times(1 - beta1))),
            new Assignment(3, u.times(beta2).max(magnitude)),
            new Assignment(0, w.minus(step))));
  }

  /** Returns this optimizer with another beta1. */
  public Adamax beta1(double other) {
    return new Adamax(learningRate, other, beta2, epsilon);
  }

  /** Returns this optimizer with another beta2. */
  public Adamax beta2(double other) {
    return new Adamax(learningRate, beta1, other, epsilon);
  }

  /** Returns this optimizer with another epsilon. */
  public Adamax epsilon(double other) {
    return new Adamax(learningRate, beta1, beta2, other);
  }
}
