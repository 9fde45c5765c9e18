package dev.sinter.backend.host;

import dev.sinter.program.Expression.BinaryFunction;
import dev.sinter.program.Expression.UnaryFunction;

/**
 * Functions over the first n elements of heap arrays, each a loop that C2 vectorizes but for the
 * transcendental ones. Arrays of one call may be the same one.
 */
final class VectorLoops {
  private VectorLoops() {}

  /** t = function(x). */
  static void apply(UnaryFunction function, float[] t, float[] x, int n) {
    switch (function) {
      case NEGATE -> negate(t, x, n);
      case SQUARE -> multiply(t, x, x, n);
      case SQRT -> squareRoot(t, x, n);
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
      case ADD -> add(t, x, y, n);
      case SUBTRACT -> subtract(t, x, y, n);
      case MULTIPLY -> multiply(t, x, y, n);
      case DIVIDE -> divide(t, x, y, n);
      case MAXIMUM -> maximum(t, x, y, n);
      case MINIMUM -> minimum(t, x, y, n);
      case GREATER -> greater(t, x, y, n);
      case EQUAL -> equal(t, x, y, n);
      case POWER -> {
        for (int i = 0; i < n; i++) {
          t[i] = (float) Math.pow(x[i], y[i]);
        }
      }
    }
  }

  /** t = z where x is 0, else y: the element not taken is not touched. */
  static void select(float[] t, float[] x, float[] y, float[] z, int n) {
    for (int i = 0; i < n; i++) {
      t[i] = x[i] != 0 ? y[i] : z[i];
    }
  }

  private static void negate(float[] t, float[] x, int n) {
    for (int i = 0; i < n; i++) {
      t[i] = -x[i];
    }
  }

  private static void squareRoot(float[] t, float[] x, int n) {
    for (int i = 0; i < n; i++) {
      t[i] = (float) Math.sqrt(x[i]);
    }
  }

  private static void add(float[] t, float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      t[i] = x[i] + y[i];
    }
  }

  private static void subtract(float[] t, float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      t[i] = x[i] - y[i];
    }
  }

  private static void multiply(float[] t, float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      t[i] = x[i] * y[i];
    }
  }

  private static void divide(float[] t, float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      t[i] = x[i] / y[i];
    }
  }

  private static void maximum(float[] t, float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      t[i] = Math.max(x[i], y[i]);
    }
  }

  private static void minimum(float[] t, float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      t[i] = Math.min(x[i], y[i]);
    }
  }

  private static void greater(float[] t, float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      t[i] = x[i] > y[i] ? 1 : 0;
    }
  }

  private static void equal(float[] t, float[] x, float[] y, int n) {
    for (int i = 0; i < n; i++) {
      t[i] = x[i] == y[i] ? 1 : 0;
    }
  }
}
