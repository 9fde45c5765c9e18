package dev.sinter.dl4j;

import static dev.sinter.program.Expression.constant;
import static dev.sinter.program.Expression.input;

import dev.sinter.optimizers.Optimizer;
import dev.sinter.program.Expression;
import dev.sinter.program.Expression.BinaryFunction;
import dev.sinter.program.Expression.StepScalar;
import dev.sinter.program.Expression.UnaryFunction;
import dev.sinter.program.UpdateRule;
import dev.sinter.program.UpdateRule.Assignment;
import java.util.List;
import org.nd4j.linalg.learning.config.AMSGrad;
import org.nd4j.linalg.learning.config.AdaDelta;
import org.nd4j.linalg.learning.config.AdaGrad;
import org.nd4j.linalg.learning.config.AdaMax;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nadam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;

/**
 * An updater of ND4J as an optimizer, with ND4J's arithmetic: w = w - update, coefficients rounded
 * to float32 before they are used, slots in the order of DL4J's state. Immutable: any number of
 * threads may use it. Source: libnd4j, helpers/cpu/updater*.cpp, 1.0.0-M2.1.
 */
final class Dl4jOptimizer implements Optimizer {
  private static final Expression W = input(0);
  private static final Expression G = input(1);
  private static final Expression FIRST = input(2);
  private static final Expression SECOND = input(3);
  private static final Expression THIRD = input(4);
  private static final Expression RATE = new StepScalar(0);

  private final IUpdater updater; // never written: a clone
  private final double learningRate;

  Dl4jOptimizer(IUpdater updater, double learningRate) {
    this.updater = updater.clone();
    this.learningRate = learningRate;
  }

  /** Returns whether there is a rule for an updater. */
  static boolean knows(IUpdater updater) {
    return List.of(
            Sgd.class,
            Nesterovs.class,
            Adam.class,
            AMSGrad.class,
            RmsProp.class,
            AdaGrad.class,
            AdaDelta.class,
            AdaMax.class,
            Nadam.class,
            NoOp.class)
        .contains(updater.getClass());
  }

  /** Returns a copy of ND4J's description. */
  IUpdater updater() {
    return updater.clone();
  }

  /** Returns what ND4J fills a new state with. */
  float start() {
    if (updater instanceof RmsProp u) {
      return (float) u.getEpsilon();
    }
    return updater instanceof AdaGrad u ? (float) u.getEpsilon() : 0;
  }

  @Override
  public String name() {
    return "dl4j_" + updater.getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT);
  }

  /** Returns the learning rate; 1 for an updater without. */
  @Override
  public double learningRate() {
    return learningRate;
  }

  @Override
  public Dl4jOptimizer learningRate(double other) {
    return new Dl4jOptimizer(updater, other);
  }

  @Override
  public UpdateRule rule() {
    if (updater instanceof Nesterovs u) {
      return nesterovs(number(u.getMomentum()));
    } else if (updater instanceof Adam u) {
      return adam(u.getBeta1(), u.getBeta2(), u.getEpsilon(), false);
    } else if (updater instanceof AMSGrad u) {
      return adam(u.getBeta1(), u.getBeta2(), u.getEpsilon(), true);
    } else if (updater instanceof Nadam u) {
      return nadam(u.getBeta1(), u.getBeta2(), u.getEpsilon());
    } else if (updater instanceof AdaMax u) {
      return adaMax(u.getBeta1(), u.getBeta2());
    } else if (updater instanceof RmsProp u) {
      Expression kept = mean(FIRST, squareOfGradient(), u.getRmsDecay());
      return scaled("g", kept, u.getEpsilon());
    } else if (updater instanceof AdaGrad u) {
      return scaled("h", FIRST.plus(squareOfGradient()), u.getEpsilon());
    } else if (updater instanceof AdaDelta u) {
      return adaDelta(u.getRho(), u.getEpsilon());
    }
    Expression step = updater instanceof NoOp ? G : RATE.times(G);
    return rule(List.of(), input(0), new Assignment(0, W.minus(step)));
  }

  /** v' = m v - rate g; update = m v - (1 + m) v'. */
  private UpdateRule nesterovs(Expression momentum) {
    Expression before = momentum.times(FIRST);
    Expression after = before.minus(RATE.times(G));
    Expression update = before.minus(momentum.plus(constant(1)).times(after));
    return rule(
        List.of("v"), input(0), new Assignment(0, W.minus(update)), new Assignment(2, after));
  }

  /** update = alpha m / (sqrt(v) + epsilon), alpha = rate sqrt(1 - beta2^t) / (1 - beta1^t). */
  private UpdateRule adam(double beta1, double beta2, double epsilon, boolean largest) {
    Expression alpha =
        input(0).times(correction(beta2).apply(UnaryFunction.SQRT)).over(correction(beta1));
    Assignment m = new Assignment(2, mean(FIRST, G, beta1));
    Assignment v = new Assignment(3, mean(SECOND, squareOfGradient(), beta2));
    if (largest) {
      Assignment w = new Assignment(0, W.minus(FIRST.times(RATE).over(root(THIRD, epsilon))));
      return rule(List.of("m", "v", "vhat"), alpha, m, v, new Assignment(4, THIRD.max(SECOND)), w);
    }
    Assignment w = new Assignment(0, W.minus(FIRST.times(RATE).over(root(SECOND, epsilon))));
    return rule(List.of("m", "v"), alpha, m, v, w);
  }

  /** update = rate (beta1 m + (1 - beta1) g) / (1 - beta1^t) / (sqrt(v) + epsilon). */
  private UpdateRule nadam(double beta1, double beta2, double epsilon) {
    Expression ahead = FIRST.times(number(beta1)).plus(G.times(rest(beta1)));
    return rule(
        List.of("m", "v"),
        input(0).over(correction(beta1)),
        new Assignment(2, mean(FIRST, G, beta1)),
        new Assignment(3, mean(SECOND, squareOfGradient(), beta2)),
        new Assignment(0, W.minus(RATE.times(ahead).over(root(SECOND, epsilon)))));
  }

  /** u' = max(beta2 u, |g|) + 1e-32; update = rate / (1 - beta1^t) m / u. */
  private UpdateRule adaMax(double beta1, double beta2) {
    Expression magnitude = G.max(G.apply(UnaryFunction.NEGATE));
    return rule(
        List.of("m", "u"),
        input(0).over(correction(beta1)),
        new Assignment(2, mean(FIRST, G, beta1)),
        new Assignment(3, SECOND.times(number(beta2)).max(magnitude).plus(constant(1e-32))),
        new Assignment(0, W.minus(FIRST.times(RATE).over(SECOND))));
  }

  /** update = rate g / (sqrt(s) + epsilon). */
  private UpdateRule scaled(String slot, Expression kept, double epsilon) {
    return rule(
        List.of(slot),
        input(0),
        new Assignment(2, kept),
        new Assignment(0, W.minus(RATE.times(G).over(root(FIRST, epsilon)))));
  }

  /** update = g sqrt(dx + epsilon) / sqrt(s + epsilon). */
  private UpdateRule adaDelta(double rho, double epsilon) {
    Expression from = SECOND.plus(number(epsilon)).apply(UnaryFunction.SQRT);
    Expression to = FIRST.plus(number(epsilon)).apply(UnaryFunction.SQRT);
    Expression update = G.times(from.over(to));
    return rule(
        List.of("msg", "msdx"),
        input(0),
        new Assignment(2, mean(FIRST, squareOfGradient(), rho)),
        new Assignment(0, W.minus(update)),
        new Assignment(3, mean(SECOND, update.apply(UnaryFunction.SQUARE), rho)));
  }

  private UpdateRule rule(List<String> slots, Expression scalar, Assignment... assignments) {
    return new UpdateRule(name(), slots, List.of(scalar), List.of(assignments));
  }

  private static Expression squareOfGradient() {
    return G.apply(UnaryFunction.SQUARE);
  }

  /** Returns decay kept + (1 - decay) added. */
  private static Expression mean(Expression kept, Expression added, double decay) {
    return kept.times(number(decay)).plus(added.times(rest(decay)));
  }

  private static Expression root(Expression square, double epsilon) {
    return square.apply(UnaryFunction.SQRT).plus(number(epsilon));
  }

  /** Returns 1 - beta^t, a step scalar. */
  private static Expression correction(double beta) {
    return constant(1).minus(new Expression.Binary(BinaryFunction.POWER, number(beta), input(1)));
  }

  private static Expression number(double value) {
    return constant((float) value);
  }

  private static Expression rest(double decay) {
    return constant(1 - (float) decay);
  }

  @Override
  public String toString() {
    return updater.toString();
  }
}
