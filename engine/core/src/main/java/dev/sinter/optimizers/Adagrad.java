package dev.sinter.optimizers;

import static dev.sinter.program.Expression.constant;
import static dev.sinter.program.Expression.input;

import dev.sinter.program.Expression;
import dev.sinter.program.Expression.StepScalar;
import dev.sinter.program.Expression.UnaryFunction;
import dev.sinter.program.UpdateRule;
import dev.sinter.program.UpdateRule.Assignment;
import java.util.List;

/**
 * Adagrad: a weight that has seen large gradients moves less. Immutable: any number of threads may
 * use it. Source: Duchi, Hazan and Singer, JMLR 2011, in the form of Keras, optimizers/adagrad.py.
 *
 * <p>a = a + g^2; w = w - lr g / sqrt(a + epsilon), epsilon inside the root.
 *
 * @param learningRate lr, default 0.001
 * @param initialAccumulatorValue the first a, default 0.1
 * @param epsilon default 1e-7
 */
public record Adagrad(double learningRate, double initialAccumulatorValue, double epsilon)
    implements Optimizer {
  public Adagrad {
    Ranges.notNegative("Adagrad", "learning rate", learningRate);
    Ranges.notNegative("Adagrad", "initial accumulator value", initialAccumulatorValue);
    Ranges.positive("Adagrad", "epsilon", epsilon);
  }

  /** Creates Adagrad with the defaults of Keras: learning rate 0.001. */
  public Adagrad() {
    this(0.001);
  }

  /** Creates Adagrad with the given learning rate. */
  public Adagrad(double learningRate) {
    this(learningRate, 0.1, 1e-7);
  }

  @Override
  public String name() {
    return "adagrad";
  }

  @Override
  public Adagrad learningRate(double other) {
    return new Adagrad(other, initialAccumulatorValue, epsilon);
  }

  @Override
  public UpdateRule rule() {
    Expression w = input(0);
    Expression g = input(1);
    Expression a = input(2);
    Expression root = a.plus(constant(epsilon)).apply(UnaryFunction.SQRT);
    return new UpdateRule(
        name(),
        List.of("accumulator"),
        List.of(initialAccumulatorValue),
        List.of(input(0)),
        List.of(
            new Assignment(2, a.plus(g.apply(UnaryFunction.SQUARE))),
            new Assignment(0, w.minus(new StepScalar(0).times(g).over(root)))));
  }

  /** Returns this optimizer with another start of the accumulator. */
  public Adagrad initialAccumulatorValue(double other) {
    return new Adagrad(learningRate, other, epsilon);
  }

  /** Returns this optimizer with another epsilon. */
  public Adagrad epsilon(double other) {
    return new Adagrad(learningRate, initialAccumulatorValue, other);
  }
}
