package dev.sinter.testkit;

import static dev.sinter.testkit.Approximate.exact;
import static dev.sinter.testkit.Approximate.rounded;

import dev.sinter.optimizers.Adam;
import dev.sinter.optimizers.AdamW;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.optimizers.RmsProp;
import dev.sinter.optimizers.Sgd;

/**
 * One step of one weight, taken from the update_step methods of Keras, independent of the rules of
 * the optimizers. The learning rate is an argument: replicas have their own.
 */
final class OptimizerOracle {
  private OptimizerOracle() {}

  /**
   * Returns {w, slot 0, slot 1, ...} after a step.
   *
   * @param before {w, g, slot 0, slot 1, ...}
   * @param step counted from 1
   */
  static Approximate[] step(Optimizer optimizer, double learningRate, long step, double[] before) {
    Approximate[] x = Oracle.exact(before);
    if (optimizer instanceof Sgd sgd) {
      return sgd(sgd, rounded(learningRate), x);
    } else if (optimizer instanceof RmsProp rmsProp) {
      return rmsProp(rmsProp, rounded(learningRate), x);
    } else if (optimizer instanceof Adam adam) {
      return adam(adam, learningRate, step, x);
    } else if (optimizer instanceof AdamW adamW) {
      Approximate decay = rounded(learningRate * adamW.weightDecay());
      x[0] = x[0].minus(x[0].times(decay));
      return adam(adamW.adam(), learningRate, step, x);
    }
    throw new IllegalArgumentException("no oracle for " + optimizer);
  }

  /** w -= lr g; with momentum m = momentum m - lr g, w += m or, Nesterov, momentum m - lr g. */
  private static Approximate[] sgd(Sgd sgd, Approximate lr, Approximate[] x) {
    Approximate gradientStep = lr.times(x[1]);
    if (sgd.momentum() == 0) {
      return new Approximate[] {x[0].minus(gradientStep)};
    }
    Approximate momentum = rounded(sgd.momentum());
    Approximate m = momentum.times(x[2]).minus(gradientStep);
    Approximate w =
        sgd.nesterov() ? x[0].plus(momentum.times(m).minus(gradientStep)) : x[0].plus(m);
    return new Approximate[] {w, m};
  }

  /** v = rho v + (1 - rho) g^2; w -= lr g / sqrt(v [- mean^2] + epsilon), or through momentum. */
  private static Approximate[] rmsProp(RmsProp options, Approximate lr, Approximate[] x) {
    Approximate[] after = new Approximate[x.length - 1];
    Approximate rho = rounded(options.rho());
    Approximate rest = rounded(1 - options.rho());
    Approximate v = rho.times(x[2]).plus(rest.times(x[1].square()));
    after[1] = v;
    Approximate variance = v;
    if (options.centered()) {
      after[2] = rho.times(x[3]).plus(rest.times(x[1]));
      variance = v.minus(after[2].square());
    }
    Approximate root = variance.plus(rounded(options.epsilon())).sqrt();
    Approximate increment = lr.times(x[1]).over(root);
    if (options.momentum() > 0) {
      int slot = after.length - 1;
      after[slot] = rounded(options.momentum()).times(x[slot + 1]).plus(increment);
      increment = after[slot];
    }
    after[0] = x[0].minus(increment);
    return after;
  }

  /** m += (g - m)(1 - beta1); v += (g^2 - v)(1 - beta2); w -= alpha m / (sqrt(v) + epsilon). */
  private static Approximate[] adam(Adam adam, double learningRate, long step, Approximate[] x) {
    double alpha =
        learningRate
            * Math.sqrt(1 - Math.pow(adam.beta2(), step))
            / (1 - Math.pow(adam.beta1(), step));
    Approximate[] after = new Approximate[x.length - 1];
    after[1] = x[2].plus(x[1].minus(x[2]).times(rounded(1 - adam.beta1())));
    after[2] = x[3].plus(x[1].square().minus(x[3]).times(rounded(1 - adam.beta2())));
    Approximate v = after[2];
    if (adam.amsgrad()) {
      after[3] = x[4].max(v);
      v = after[3];
    }
    Approximate root = v.max(exact(0)).sqrt().plus(rounded(adam.epsilon()));
    after[0] = x[0].minus(after[1].times(rounded(alpha)).over(root));
    return after;
  }
}
