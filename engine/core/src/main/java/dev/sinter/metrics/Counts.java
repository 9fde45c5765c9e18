package dev.sinter.metrics;

import static dev.sinter.program.Expression.constant;
import static dev.sinter.program.Expression.input;

import dev.sinter.errors.InputException;
import dev.sinter.metrics.SummedMetric.Sum;
import dev.sinter.program.Expression;
import org.jspecify.annotations.Nullable;

/** Counts of right and wrong positives, as Keras counts them: a label other than 0 is one. */
final class Counts {
  static final Expression FALSE = input(1).equalTo(constant(0));
  static final Expression TRUE = constant(1).minus(FALSE);

  private Counts() {}

  static void check(String name, double threshold, @Nullable Integer classId) {
    if (!(threshold >= 0 && threshold <= 1)) {
      throw InputException.of(
          "metric " + name + ", threshold", "a number from 0 to 1", threshold, "Correct it");
    }
    if (classId != null && classId < 0) {
      throw InputException.of(
          "metric " + name + ", class", "an index of at least 0", classId, "Correct it");
    }
  }

  static Expression above(double threshold) {
    return input(0).greater(constant(threshold));
  }

  /** Returns the sum over all outputs or over one, which must be there. */
  static Sum of(String name, @Nullable Integer classId, int outputs, Expression element) {
    if (classId != null && classId >= outputs) {
      throw InputException.of(
          "metric " + name + ", class",
          "below " + outputs + ", the number of outputs",
          classId,
          "Correct it");
    }
    return Sum.ofAll(
        classId == null
            ? element
            : element.times(new Expression.Column().equalTo(constant(classId))));
  }

  /** Returns a / b, or 0 where b is 0. */
  static double share(double a, double b) {
    return b == 0 ? 0 : a / b;
  }
}
