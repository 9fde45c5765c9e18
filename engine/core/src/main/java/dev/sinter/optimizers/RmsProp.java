package dev.sinter.optimizers;

import static dev.sinter.program.Expression.constant;
import static dev.sinter.program.Expression.input;

import dev.sinter.program.Expression;
import dev.sinter.program.Expression.StepScalar;
import dev.sinter.program.Expression.UnaryFunction;
import dev.sinter.program.UpdateRule;
import dev.sinter.program.UpdateRule.Assignment;
import java.util.ArrayList;
import java.util.List;

/**
 * RMSprop: divides by a running root mean square of the gradient. Immutable: any number of threads
 * may use it. Source: Keras, optimizers/rmsprop.py.
 *
 * <p>v = rho v + (1 - rho) g^2; increment = lr g / sqrt(v + epsilon), epsilon inside the root;
 * centered: a = rho a + (1 - rho) g and the root of v - a^2 + epsilon. Then w = w - increment, or
 * with momentum m = momentum m + increment; w = w - m.
 *
 * @param learningRate lr, default 0.001
 * @param rho from 0 to below 1, default 0.9
 * @param momentum from 0 to below 1, default 0
 * @param epsilon default 1e-7
 * @param centered default false
 */
public record RmsProp(
    double learningRate, double rho, double momentum, double epsilon, boolean centered)
    implements Optimizer {
  public RmsProp {
    Ranges.notNegative("RMSprop", "learning rate", learningRate);
    Ranges.fraction("RMSprop", "rho", rho);
    Ranges.fraction("RMSprop", "momentum", momentum);
    Ranges.notNegative("RMSprop", "epsilon", epsilon);
  }

  /** Creates RMSprop with the defaults of Keras: learning rate 0.001. */
  public RmsProp() {
    this(0.001);
  }

  /** Creates RMSprop with the given learning rate. */
  public RmsProp(double learningRate) {
    this(learningRate, 0.9, 0, 1e-7, false);
  }

  /** Returns this optimizer with momentum. */
  public RmsProp momentum(double other) {
    return new RmsProp(learningRate, rho, other, epsilon, centered);
  }

  @Override
  public String name() {
    return "rmsprop";
  }

  @Override
  public RmsProp learningRate(double other) {
    return new RmsProp(other, rho, momentum, epsilon, centered);
  }

  @Override
  public UpdateRule rule() {
    Expression w = input(0);
    Expression g = input(1);
    Expression v = input(2);
    List<String> slots = new ArrayList<>(List.of("velocity"));
    List<Assignment> assignments = new ArrayList<>();
    Expression keep = constant(rho);
    Expression add = constant(1 - rho);
    assignments.add(
        new Assignment(2, keep.times(v).plus(add.times(g.apply(UnaryFunction.SQUARE)))));
    Expression variance = v;
    if (centered) {
      slots.add("average_gradient");
      Expression average = input(1 + slots.size());
      assignments.add(new Assignment(1 + slots.size(), keep.times(average).plus(add.times(g))));
      variance = v.minus(average.apply(UnaryFunction.SQUARE));
    }
    Expression root = variance.plus(constant(epsilon)).apply(UnaryFunction.SQRT);
    Expression increment = new StepScalar(0).times(g).over(root);
    if (momentum > 0) {
      slots.add("momentum");
      Expression m = input(1 + slots.size());
      assignments.add(
          new Assignment(1 + slots.size(), constant(momentum).times(m).plus(increment)));
      increment = m;
    }
    assignments.add(new Assignment(0, w.minus(increment)));
    return new UpdateRule(name(), slots, List.of(input(0)), assignments);
  }

  /** Returns this optimizer with another rho. */
  public RmsProp rho(double other) {
    return new RmsProp(learningRate, other, momentum, epsilon, centered);
  }

  /** Returns this optimizer with another epsilon. */
  public RmsProp epsilon(double other) {
    return new RmsProp(learningRate, rho, momentum, other, centered);
  }

  /** Returns this optimizer, centered or not. */
  public RmsProp centered(boolean other) {
    return new RmsProp(learningRate, rho, momentum, epsilon, other);
  }
}
