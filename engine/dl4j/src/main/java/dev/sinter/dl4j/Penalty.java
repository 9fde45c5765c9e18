package dev.sinter.dl4j;

import static dev.sinter.program.Expression.constant;
import static dev.sinter.program.Expression.input;

import dev.sinter.program.Expression;

/**
 * What DL4J adds to the gradient of an array before the updater: l2 w + l1 sign(w); and to the
 * score: l2 / 2 sum of w^2 + l1 sum of |w|. Immutable: any number of threads may use it.
 *
 * @param l1 0 for none
 * @param l2 0 for none
 */
record Penalty(double l1, double l2) {
  static final Penalty NONE = new Penalty(0, 0);

  boolean isNone() {
    return l1 == 0 && l2 == 0;
  }

  /** Returns the whole gradient: Input 0 is that of the loss, Input 1 the weight. */
  Expression gradient() {
    Expression w = input(1);
    Expression sum = input(0);
    if (l2 != 0) {
      sum = sum.plus(w.times(l2));
    }
    if (l1 != 0) {
      Expression sign = w.greater(constant(0)).minus(constant(0).greater(w));
      sum = sum.plus(sign.times(l1));
    }
    return sum;
  }

  /** Returns what part of an array adds to the score. */
  double score(float[] values, int from, int to) {
    double squares = 0;
    double magnitudes = 0;
    for (int i = from; i < to; i++) {
      squares += (double) values[i] * values[i];
      magnitudes += Math.abs(values[i]);
    }
    return 0.5 * l2 * squares + l1 * magnitudes;
  }
}
