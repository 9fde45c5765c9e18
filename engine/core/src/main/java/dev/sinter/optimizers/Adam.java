package dev.sinter.optimizers;

import static dev.sinter.program.Expression.constant;
import static dev.sinter.program.Expression.input;

import dev.sinter.program.Expression;
import dev.sinter.program.Expression.BinaryFunction;
import dev.sinter.program.Expression.StepScalar;
import dev.sinter.program.Expression.UnaryFunction;
import dev.sinter.program.UpdateRule;
import dev.sinter.program.UpdateRule.Assignment;
import java.util.ArrayList;
import java.util.List;

/**
 * Adam. Immutable: any number of threads may use it. Source: Kingma and Ba, ICLR 2015, in the form
 * of Keras, optimizers/adam.py.
 *
 * <p>t = the step, from 1; alpha = lr sqrt(1 - beta2^t) / (1 - beta1^t); m = m + (g - m)(1 -
 * beta1); v = v + (g^2 - v)(1 - beta2); w = w - m alpha / (sqrt(v) + epsilon), epsilon outside the
 * root. AMSGrad uses the largest v so far instead of v.
 *
 * @param learningRate lr, default 0.001
 * @param beta1 from 0 to below 1, default 0.9
 * @param beta2 from 0 to below 1, default 0.999
 * @param epsilon default 1e-7
 * @param amsgrad default false
 */
public record Adam(double learningRate, double beta1, double beta2, double epsilon, boolean amsgrad)
    implements Optimizer {
  public Adam {
    Ranges.notNegative("Adam", "learning rate", learningRate);
    Ranges.fraction("Adam", "beta1", beta1);
    Ranges.fraction("Adam", "beta2", beta2);
    Ranges.notNegative("Adam", "epsilon", epsilon);
  }

  /** Creates Adam with the defaults of Keras: learning rate 0.001. */
  public Adam() {
    this(0.001);
  }

  /** Creates Adam with the given learning rate. */
  public Adam(double learningRate) {
    this(learningRate, 0.9, 0.999, 1e-7, false);
  }

  @Override
  public String name() {
    return "adam";
  }

  @Override
  public Adam learningRate(double other) {
    return new Adam(other, beta1, beta2, epsilon, amsgrad);
  }

  @Override
  public UpdateRule rule() {
    Expression w = input(0);
    Expression g = input(1);
    Expression m = input(2);
    Expression v = input(3);
    List<String> slots = new ArrayList<>(List.of("momentum", "velocity"));
    List<Assignment> assignments = new ArrayList<>();
    assignments.add(new Assignment(2, m.plus(g.minus(m).times(1 - beta1))));
    assignments.add(
        new Assignment(3, v.plus(g.apply(UnaryFunction.SQUARE).minus(v).times(1 - beta2))));
    Expression largest = v;
    if (amsgrad) {
      slots.add("velocity_hat");
      largest = input(4);
      assignments.add(new Assignment(4, largest.max(v)));
    }
    Expression root = largest.apply(UnaryFunction.SQRT).plus(constant(epsilon));
    assignments.add(new Assignment(0, w.minus(m.times(new StepScalar(0)).over(root))));
    return new UpdateRule(name(), slots, List.of(alpha()), assignments);
  }

  private Expression alpha() {
    Expression lr = input(0);
    Expression correction1 =
        constant(1).minus(new Expression.Binary(BinaryFunction.POWER, constant(beta1), input(1)));
    Expression correction2 =
        constant(1).minus(new Expression.Binary(BinaryFunction.POWER, constant(beta2), input(1)));
    return lr.times(correction2.apply(UnaryFunction.SQRT)).over(correction1);
  }

  /** Returns this optimizer with another beta1. */
  public Adam beta1(double other) {
    return new Adam(learningRate, other, beta2, epsilon, amsgrad);
  }

  /** Returns this optimizer with another beta2. */
  public Adam beta2(double other) {
    return new Adam(learningRate, beta1, other, epsilon, amsgrad);
  }

  /** Returns this optimizer with another epsilon. */
  public Adam epsilon(double other) {
    return new Adam(learningRate, beta1, beta2, other, amsgrad);
  }

  /** Returns this optimizer with or without AMSGrad. */
  public Adam amsgrad(boolean other) {
    return new Adam(learningRate, beta1, beta2, epsilon, other);
  }
}
