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
 * Adadelta: steps in the unit of the weight. Immutable: any number of threads may use it. Source:
 * Zeiler, arXiv 1212.5701, in the form of Keras, optimizers/adadelta.py. Zeiler has a learning rate
 * of 1.
 *
 * <p>s = rho s + (1 - rho) g^2; step = sqrt(d + epsilon) g / sqrt(s + epsilon); w = w - lr step; d
 * = rho d + (1 - rho) step^2.
 *
 * @param learningRate lr, default 0.001
 * @param rho from 0 to below 1, default 0.95
 * @param epsilon default 1e-7
 */
public record Adadelta(double learningRate, double rho, double epsilon) implements Optimizer {
  public Adadelta {
    Ranges.notNegative("Adadelta", "learning rate", learningRate);
    Ranges.fraction("Adadelta", "rho", rho);
    Ranges.positive("Adadelta", "epsilon", epsilon);
  }

  /** Creates Adadelta with the defaults of Keras: learning rate 0.001. */
  public Adadelta() {
    this(0.001);
  }

  /** Creates Adadelta with the given learning rate. */
  public Adadelta(double learningRate) {
    this(learningRate, 0.95, 1e-7);
  }

  @Override
  public String name() {
    return "adadelta";
  }

  @Override
  public Adadelta learningRate(double other) {
    return new Adadelta(other, rho, epsilon);
  }

  @Override
  public UpdateRule rule() {
    Expression w = input(0);
    Expression g = input(1);
    Expression s = input(2);
    Expression d = input(3);
    Expression step = root(d).times(g).over(root(s));
    return new UpdateRule(
        name(),
        List.of("accumulated_grad", "accumulated_delta_var"),
        List.of(input(0)),
        List.of(
            new Assignment(2, mean(s, g)),
            new Assignment(0, w.minus(new StepScalar(0).times(step))),
            new Assignment(3, mean(d, step))));
  }

  private Expression root(Expression square) {
    return square.plus(constant(epsilon)).apply(UnaryFunction.SQRT);
  }

  private Expression mean(Expression kept, Expression added) {
    return constant(rho)
        .times(kept)
        .plus(constant(1 - rho).times(added.apply(UnaryFunction.SQUARE)));
  }

  /** Returns this optimizer with another rho. */
  public Adadelta rho(double other) {
    return new Adadelta(learningRate, other, epsilon);
  }

  /** Returns this optimizer with another epsilon. */
  public Adadelta epsilon(double other) {
    return new Adadelta(learningRate, rho, other);
  }
}
