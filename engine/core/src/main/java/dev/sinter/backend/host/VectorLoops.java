package dev.sinter.backend.host;

import dev.sinter.program.Expression.BinaryFunction;
import dev.sinter.program.Expression.UnaryFunction;

/**
 * Functions over the first n elements of heap arrays, each a loop that C2 vectorizes, except the
 * transcendental ones. The arrays of one call may be the same array.
 */
final class VectorLoops {
  private VectorLoops() {}

  /** t = function(x). */
  static void apply(UnaryFunction function, float[] t, float[] x, int n) {
    switch (function) {
      case NEGATE -> {
        for (int i = 0; i < n; i++) {
          t[i] = -x[i];
        }
      }
      case SQUARE -> apply(BinaryFunction.MULTIPLY, t, x, x, n);
      case SQRT -> {
        for (int i = 0; i < n; i++) {
          t[i] = (float) Math.sqrt(x[i]);
        }
      }
      default -> {
        for (int i = 0; i < n; i++) {
          t[i] = (float) function.apply(x[i]);
        }
      }
    }
  }

  /** t = function(x, y). */
  static void apply(BinaryFunction function, float[] t, float[] x, float[] y, int n) {
    switch (function) {
      case ADD -> {
        for (int i = 0; i < n; i++) {
          t[i] = x[i] + y[i];
        }
      }
      case SUBTRACT -> {
        for (int i = 0; i < n; i++) {
          t[i] = x[i] - y[i];
        }
      }
      case MULTIPLY -> {
        for (int i = 0; i < n; i++) {
          t[i] = x[i] * y[i];
        }
      }
      case DIVIDE -> {
        for (int i = 0; i < n; i++) {
          t[i] = x[i] / y[i];
        }
      }
      case MAXIMUM -> {
        for (int i = 0; i < n; i++) {
          t[i] = Math.max(x[i], y[i]);
        }
      }
      case MINIMUM -> {
        for (int i = 0; i < n; i++) {
          t[i] = Math.min(x[i], y[i]);
        }
      }
      case GREATER -> {
        for (int i = 0; i < n; i++) {
          t[i] = x[i] > y[i] ? 1 : 0;
        }
      }
      case EQUAL -> {
        for (int i = 0; i < n; i++) {
          t[i] = x[i] == y[i] ? 1 : 0;
        }
      }
      case POWER -> {
        for (int i = 0; i < n; i++) {
          t[i] = (float) Math.pow(x[i], y[i]);
        }
      }
    }
  }

  /** t = z where x is 0, else y; the other operand is not read. */
  static void select(float[] t, float[] x, float[] y, float[] z, int n) {
    for (int i = 0; i < n; i++) {
      t[i] = x[i] != 0 ? y[i] : z[i];
    }
  }
}
