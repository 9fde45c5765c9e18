package dev.sinter.testkit;

import static dev.sinter.testkit.Approximate.exact;
import static dev.sinter.testkit.Approximate.rounded;

import dev.sinter.optimizers.Adadelta;
import dev.sinter.optimizers.Adagrad;
import dev.sinter.optimizers.Adam;
import dev.sinter.optimizers.AdamW;
import dev.sinter.optimizers.Adamax;
import dev.sinter.optimizers.Lion;
import dev.sinter.optimizers.Nadam;
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
    if (optimizer instanceof Adagrad adagrad) {
      return adagrad(adagrad, rounded(learningRate), x);
    } else if (optimizer instanceof Adadelta adadelta) {
      return adadelta(adadelta, rounded(learningRate), x);
    } else if (optimizer instanceof Adamax adamax) {
      return adamax(adamax, learningRate / (1 - Math.pow(adamax.beta1(), step)), x);
    } else if (optimizer instanceof Nadam nadam) {
      return nadam(nadam, learningRate, step, x);
    } else if (optimizer instanceof Lion lion) {
      return lion(lion, rounded(learningRate), x);
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

  /** a += g^2; w -= lr g / sqrt(a + epsilon). */
  private static Approximate[] adagrad(Adagrad adagrad, Approximate lr, Approximate[] x) {
    Approximate a = x[2].plus(x[1].square());
    Approximate root = a.plus(rounded(adagrad.epsilon())).sqrt();
    return new Approximate[] {x[0].minus(lr.times(x[1]).over(root)), a};
  }

  /** s and d are running means of g^2 and step^2; step = sqrt(d + eps) g / sqrt(s + eps). */
  private static Approximate[] adadelta(Adadelta options, Approximate lr, Approximate[] x) {
    Approximate rho = rounded(options.rho());
    Approximate rest = rounded(1 - options.rho());
    Approximate epsilon = rounded(options.epsilon());
    Approximate s = rho.times(x[2]).plus(rest.times(x[1].square()));
    Approximate step = x[3].plus(epsilon).sqrt().times(x[1]).over(s.plus(epsilon).sqrt());
    Approximate d = rho.times(x[3]).plus(rest.times(step.square()));
    return new Approximate[] {x[0].minus(lr.times(step)), s, d};
  }

  /** m += (g - m)(1 - beta1); u = max(beta2 u, |g|); w -= rate m / (u + epsilon). */
  private static Approximate[] adamax(Adamax adamax, double rate, Approximate[] x) {
    Approximate m = x[2].plus(x[1].minus(x[2]).times(rounded(1 - adamax.beta1())));
    Approximate u = x[3].times(rounded(adamax.beta2())).max(x[1].max(exact(0).minus(x[1])));
    Approximate step = m.times(rounded(rate)).over(u.plus(rounded(adamax.epsilon())));
    return new Approximate[] {x[0].minus(step), m, u};
  }

  /** The momentum's share of a step grows with the steps, towards beta1. */
  private static Approximate[] nadam(Nadam nadam, double learningRate, long step, Approximate[] x) {
    double product = 1;
    for (long i = 1; i <= step && product > 1e-20; i++) {
      product *= share(nadam, i);
    }
    double next = share(nadam, step + 1);
    Approximate ofMomentum = rounded(learningRate * next / (1 - product * next));
    Approximate ofGradient = rounded(learningRate * (1 - share(nadam, step)) / (1 - product));
    Approximate m = x[2].plus(x[1].minus(x[2]).times(rounded(1 - nadam.beta1())));
    Approximate v = x[3].plus(x[1].square().minus(x[3]).times(rounded(1 - nadam.beta2())));
    Approximate corrected = v.times(rounded(1 / (1 - Math.pow(nadam.beta2(), step))));
    Approximate root = corrected.max(exact(0)).sqrt().plus(rounded(nadam.epsilon()));
    Approximate ahead = m.times(ofMomentum).plus(x[1].times(ofGradient));
    return new Approximate[] {x[0].minus(ahead.over(root)), m, v};
  }

  private static double share(Nadam nadam, long step) {
    return nadam.beta1() * (1 - 0.5 * Math.pow(0.96, step));
  }

  /** w -= lr sign(beta1 m + (1 - beta1) g); m = beta2 m + (1 - beta2) g. */
  private static Approximate[] lion(Lion lion, Approximate lr, Approximate[] x) {
    Approximate mix = x[2].times(rounded(lion.beta1())).plus(x[1].times(rounded(1 - lion.beta1())));
    Approximate sign = mix.greater(exact(0)).minus(exact(0).greater(mix));
    Approximate m = x[2].times(rounded(lion.beta2())).plus(x[1].times(rounded(1 - lion.beta2())));
    return new Approximate[] {x[0].minus(lr.times(sign)), m};
  }
}
