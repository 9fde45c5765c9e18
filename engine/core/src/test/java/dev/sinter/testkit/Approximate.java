package dev.sinter.testkit;

import static dev.sinter.testkit.Tolerance.FUNCTION_ROUNDOFFS;
import static dev.sinter.testkit.Tolerance.UNDERFLOW;
import static dev.sinter.testkit.Tolerance.UNIT_ROUNDOFF;

/**
 * A number in double precision with a bound for the error of a float32 computation of it.
 *
 * <p>Each operation returns the exact result, with the bound that follows from the bounds of the
 * operands and from one rounding. A formula written with this class thus states both the expected
 * value and its tolerance. Infinite and NaN values must match exactly; an infinite bound accepts
 * anything.
 *
 * @param value the expected number
 * @param error the largest absolute error of float32
 */
public record Approximate(double value, double error) {
  /** Returns a number that is exact in float32. */
  public static Approximate exact(double value) {
    return new Approximate(value, 0);
  }

  /** Returns a number that is rounded to float32 before use. */
  public static Approximate rounded(double value) {
    return (float) value == value ? exact(value) : of(value, 0);
  }

  /** Adds one rounding to an error. */
  static Approximate of(double value, double error) {
    if (!Double.isFinite(value)) {
      return exact(value);
    }
    return new Approximate(value, error + UNIT_ROUNDOFF * Math.abs(value) + UNDERFLOW);
  }

  private static Approximate ofFunction(double value, double error) {
    return of(value, error + FUNCTION_ROUNDOFFS * UNIT_ROUNDOFF * Math.abs(value));
  }

  /** Returns -x. */
  public Approximate negate() {
    return new Approximate(-value, error);
  }

  /** Returns x + y. */
  public Approximate plus(Approximate y) {
    return of(value + y.value, error + y.error);
  }

  /** Returns x - y. */
  public Approximate minus(Approximate y) {
    return plus(y.negate());
  }

  /** Returns x y. */
  public Approximate times(Approximate y) {
    double propagated = error * Math.abs(y.value) + y.error * Math.abs(value) + error * y.error;
    return of(value * y.value, propagated);
  }

  /** Returns x / y. */
  public Approximate over(Approximate y) {
    double quotient = value / y.value;
    if (error == 0 && y.error == 0) {
      return of(quotient, 0);
    }
    double divisor = Math.abs(y.value) - y.error;
    return divisor <= 0
        ? new Approximate(quotient, Double.POSITIVE_INFINITY)
        : of(quotient, (error + Math.abs(quotient) * y.error) / divisor);
  }

  /** Returns x * x. */
  public Approximate square() {
    return times(this);
  }

  /** Returns the square root. */
  public Approximate sqrt() {
    return of(Math.sqrt(value), spread(x -> Math.sqrt(Math.max(x, 0))));
  }

  /** Returns e to the x; reducing the argument costs |x| roundings. */
  public Approximate exp() {
    double result = Math.exp(value);
    return ofFunction(result, spread(Math::exp) + reduction(result * value));
  }

  /** Returns the natural logarithm. */
  public Approximate log() {
    return error > 0 && value <= error
        ? new Approximate(Math.log(value), Double.POSITIVE_INFINITY)
        : ofFunction(Math.log(value), spread(Math::log));
  }

  /** Returns the hyperbolic tangent; {@link Tolerance#TANH_ERROR} is absolute. */
  public Approximate tanh() {
    return ofFunction(Math.tanh(value), spread(Math::tanh) + Tolerance.TANH_ERROR);
  }

  /** Returns 1 / (1 + exp(-x)); its exponential costs |x| roundings. */
  public Approximate sigmoid() {
    double result = sigmoid(value);
    double reduction = reduction(value * result * (1 - result));
    return ofFunction(result, spread(Approximate::sigmoid) + reduction);
  }

  /** Returns the error function, by its series: every term has the sign of x. */
  public Approximate erf() {
    return ofFunction(erf(value), spread(Approximate::erf));
  }

  private static double erf(double x) {
    if (Double.isNaN(x) || Math.abs(x) > 6) {
      return Math.signum(x);
    }
    double term = 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * x;
    double sum = 0;
    for (int n = 1; sum + term != sum; n++) {
      sum += term;
      term *= 2 * x * x / (2 * n + 1);
    }
    return sum;
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  /**
   * Returns x to the power y, an exponential of y log x: its argument costs |y log x| roundings.
   */
  public Approximate pow(Approximate y) {
    double result = Math.pow(value, y.value);
    double exponent = y.value * Math.log(Math.abs(value));
    double propagated = spread(x -> Math.pow(x, y.value)) + y.spread(e -> Math.pow(value, e));
    return ofFunction(result, propagated + reduction(exponent * result));
  }

  /** Returns the error of an exponential due to its rounded argument; none at infinity. */
  private static double reduction(double argumentTimesResult) {
    double error = UNIT_ROUNDOFF * Math.abs(argumentTimesResult);
    return Double.isFinite(error) ? error : 0;
  }

  /** Returns the larger one; NaN if either is NaN. */
  public Approximate max(Approximate y) {
    return new Approximate(Math.max(value, y.value), Math.max(error, y.error));
  }

  /** Returns the smaller one; NaN if either is NaN. */
  public Approximate min(Approximate y) {
    return new Approximate(Math.min(value, y.value), Math.max(error, y.error));
  }

  /** Returns 1 if x > y, else 0; accepts both if rounding decides. */
  public Approximate greater(Approximate y) {
    boolean open = error + y.error > 0 && Math.abs(value - y.value) <= error + y.error;
    return new Approximate(value > y.value ? 1 : 0, open ? 1 : 0);
  }

  /** Returns the larger change of a monotonic function over the interval of this number. */
  private double spread(java.util.function.DoubleUnaryOperator function) {
    if (error == 0) {
      return 0;
    }
    double middle = function.applyAsDouble(value);
    return Math.max(
        Math.abs(function.applyAsDouble(value + error) - middle),
        Math.abs(function.applyAsDouble(value - error) - middle));
  }

  /** Returns whether a float32 result is close enough. */
  public boolean accepts(float actual) {
    if (error == Double.POSITIVE_INFINITY) {
      return true;
    }
    if (Double.isNaN(value) || Float.isNaN(actual)) {
      return Double.isNaN(value) && Float.isNaN(actual);
    }
    float nearest = (float) value; // a value beyond float32 is infinite there
    if (Float.isInfinite(nearest) || Float.isInfinite(actual)) {
      return nearest == actual;
    }
    return Math.abs(actual - value) <= error;
  }
}
