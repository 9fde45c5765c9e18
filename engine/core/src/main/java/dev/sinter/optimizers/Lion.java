package dev.sinter.optimizers;

import static dev.sinter.program.Expression.constant;
import static dev.sinter.program.Expression.input;

import dev.sinter.program.Expression;
import dev.sinter.program.Expression.StepScalar;
import dev.sinter.program.UpdateRule;
import dev.sinter.program.UpdateRule.Assignment;
import java.util.List;

/**
 * Lion: each weight moves by the learning rate, in the direction of a momentum. Immutable: any
 * number of threads may use it. Source: Chen et al., NeurIPS 2023, in the form of Keras,
 * optimizers/lion.py.
 *
 * <p>w = w - lr sign(beta1 m + (1 - beta1) g); m = beta2 m + (1 - beta2) g; sign(0) = 0.
 *
 * @param learningRate lr, default 0.001
 * @param beta1 from above 0 to below 1, default 0.9
 * @param beta2 from 0 to below 1, default 0.99
 */
public record Lion(double learningRate, double beta1, double beta2) implements Optimizer {
  public Lion {
    Ranges.notNegative("Lion", "learning rate", learningRate);
    Ranges.fraction("Lion", "beta1", beta1);
    Ranges.positive("Lion", "beta1", beta1);
    Ranges.fraction("Lion", "beta2", beta2);
  }

  /** Creates Lion with the defaults of Keras: learning rate 0.001. */
  public Lion() {
    this(0.001);
  }

  /** Creates Lion with the given learning rate. */
  public Lion(double learningRate) {
    this(learningRate, 0.9, 0.99);
  }

  @Override
  public String name() {
    return "lion";
  }

  @Override
  public Lion learningRate(double other) {
    return new Lion(other, beta1, beta2);
  }

  @Override
  public UpdateRule rule() {
    Expression w = input(0);
    Expression g = input(1);
    Expression m = input(2);
    Expression mix = m.times(beta1).plus(g.times(1 - beta1));
    Expression sign =
        mix.greater(constant(0))
            .minus(constant(0).greater(mix))
            .plus(mix.minus(mix)); // 0, or NaN where the gradient is none
    return new UpdateRule(
        name(),
        List.of("momentum"),
        List.of(input(0)),
        List.of(
            new Assignment(0, w.minus(new StepScalar(0).times(sign))),
            new Assignment(2, m.times(beta2).plus(g.times(1 - beta2)))));
  }

  /** Returns this optimizer with another beta1. */
  public Lion beta1(double other) {
    return new Lion(learningRate, other, beta2);
  }

  /** Returns this optimizer with another beta2. */
  public Lion beta2(double other) {
    return new Lion(learningRate, beta1, other);
  }
}
