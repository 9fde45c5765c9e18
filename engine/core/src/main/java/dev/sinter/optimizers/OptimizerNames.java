package dev.sinter.optimizers;

import dev.sinter.errors.KnownNames;

/** The optimizers that have a name. */
final class OptimizerNames {
  static final KnownNames<Optimizer> KNOWN =
      KnownNames.<Optimizer>of("optimizer")
          .with("sgd", new Sgd())
          .with("momentum", new Sgd().momentum(0.9))
          .with("nesterov", new Sgd().nesterov(0.9))
          .with("rmsprop", new RmsProp())
          .with("adam", new Adam())
          .with("adamw", new AdamW())
          .with("adagrad", new Adagrad())
          .with("adadelta", new Adadelta())
          .with("adamax", new Adamax())
          .with("nadam", new Nadam())
          .with("lion", new Lion());

  private OptimizerNames() {}
}
