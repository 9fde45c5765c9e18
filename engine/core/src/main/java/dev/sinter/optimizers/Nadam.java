package dev.sinter.optimizers;

import static dev.sinter.program.Expression.constant;
import static dev.sinter.program.Expression.input;

import dev.sinter.program.Expression;
import dev.sinter.program.Expression.StepScalar;
import dev.sinter.program.Expression.UnaryFunction;
import dev.sinter.program.StepFunction;
import dev.sinter.program.UpdateRule;
import dev.sinter.program.UpdateRule.Assignment;
import java.util.List;

/**
 * Nadam: Adam with Nesterov momentum. Immutable: any number of threads may use it. Source: Dozat,
 * ICLR 2016 workshop, in the form of Keras, optimizers/nadam.py.
 *
 * <p>t = the step, from 1; u(t) = beta1 (1 - 0.96^t / 2); U(t) = u(1) u(2) ... u(t); m = m + (g -
 * m)(1 - beta1); v = v + (g^2 - v)(1 - beta2); n = m u(t + 1) / (1 - U(t + 1)) + g (1 - u(t)) / (1
 * - U(t)); w = w - lr n / (sqrt(v / (1 - beta2^t)) + epsilon).
 *
 * @param learningRate lr, default 0.001
 * @param beta1 from 0 to below 1, default 0.9
 * @param beta2 from 0 to below 1, default 0.999
 * @param epsilon default 1e-7
 */
public record Nadam(double learningRate, double beta1, double beta2, double epsilon)
    implements Optimizer {
  private static final double DECAY = 0.96;

  /** Beyond this step, 0.96^t / 2 no longer changes 1. */
  private static final int MOST_FACTORS = 900;

  public Nadam {
    Ranges.notNegative("Nadam", "learning rate", learningRate);
    Ranges.fraction("Nadam", "beta1", beta1);
    Ranges.fraction("Nadam", "beta2", beta2);
    Ranges.positive("Nadam", "epsilon", epsilon);
  }

  /** Creates Nadam with the defaults of Keras: learning rate 0.001. */
  public Nadam() {
    this(0.001);
  }

  /** Creates Nadam with the given learning rate. */
  public Nadam(double learningRate) {
    this(learningRate, 0.9, 0.999, 1e-7);
  }

  @Override
  public String name() {
    return "nadam";
  }

  @Override
  public Nadam learningRate(double other) {
    return new Nadam(other, beta1, beta2, epsilon);
  }

  @Override
  public UpdateRule rule() {
    Expression w = input(0);
    Expression g = input(1);
    Expression m = input(2);
    Expression v = input(3);
    List<StepFunction> scalars =
        List.of(
            StepFunction.of(
                "lr u(t + 1) / (1 - U(t + 1))",
                (lr, step) -> lr * factor(step + 1) / (1 - product(step + 1))),
            StepFunction.of(
                "lr (1 - u(t)) / (1 - U(t))",
                (lr, step) -> lr * (1 - factor(step)) / (1 - product(step))),
            StepFunction.of("1 / (1 - beta2^t)", (lr, step) -> 1 / (1 - Math.pow(beta2, step))));
    Expression ahead = m.times(new StepScalar(0)).plus(g.times(new StepScalar(1)));
    Expression root = v.times(new StepScalar(2)).apply(UnaryFunction.SQRT).plus(constant(epsilon));
    return new UpdateRule(
        name(),
        List.of("momentum", "velocity"),
        scalars,
        List.of(
            new Assignment(2, m.plus(g.minus(m).times(1 - beta1))),
            new Assignment(3, v.plus(g.apply(UnaryFunction.SQUARE).minus(v).times(1 - beta2))),
            new Assignment(0, w.minus(ahead.over(root)))));
  }

  private double factor(long step) {
    return beta1 * (1 - 0.5 * Math.pow(DECAY, step));
  }

  /** Returns U(t), which Keras saves behind the arrays: 1 before the first step. */
  public double product(long step) {
    double shares = 1;
    double power = 1;
    for (long i = 1; i <= Math.min(step, MOST_FACTORS); i++) {
      power *= DECAY;
      shares *= 1 - 0.5 * power;
    }
    return Math.pow(beta1, step) * shares;
  }

  /** Returns this optimizer with another beta1. */
  public Nadam beta1(double other) {
    return new Nadam(learningRate, other, beta2, epsilon);
  }

  /** Returns this optimizer with another beta2. */
  public Nadam beta2(double other) {
    return new Nadam(learningRate, beta1, other, epsilon);
  }

  /** Returns this optimizer with another epsilon. */
  public Nadam epsilon(double other) {
    return new Nadam(learningRate, beta1, beta2, other);
  }
}
