package dev.sinter.layers;

import dev.sinter.compile.Weight;
import dev.sinter.errors.KnownNames;

/**
 * A penalty on weights. The sum over all weights is added to the loss of each sample, in training
 * and in evaluation; its derivative is added to the gradient. Two formulas are a new regularizer.
 * Source: Keras, regularizers/regularizers.py.
 *
 * <pre>{@code new Dense(64).relu().kernelRegularizer(Regularizer.l2(1e-4))}</pre>
 *
 * <p>Immutable: any number of threads may use it.
 */
public interface Regularizer extends Weight.Penalty {
  /** Returns l1 |w|. */
  static Regularizer l1(double l1) {
    return new L1L2(l1, 0);
  }

  /** Returns l2 w^2. */
  static Regularizer l2(double l2) {
    return new L1L2(0, l2);
  }

  /** Returns l1 |w| + l2 w^2. */
  static Regularizer l1l2(double l1, double l2) {
    return new L1L2(l1, l2);
  }

  /** Returns a regularizer by name, with the factor of Keras, 0.01: l1, l2, l1_l2. */
  static Regularizer of(String name) {
    return KnownNames.<Regularizer>of("regularizer")
        .with("l1", l1(0.01))
        .with("l2", l2(0.01))
        .with("l1_l2", l1l2(0.01, 0.01))
        .get(name);
  }
}
