package dev.sinter.benchmarks.scale;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Measured points, joined by straight lines, on linear or on logarithmic axes. A linear curve goes
 * on beyond its last point as before it. Immutable.
 */
record Curve(NavigableMap<Double, Double> points, boolean logarithmic) {
  static Curve linear(Map<Double, Double> points) {
    return new Curve(new TreeMap<>(points), false);
  }

  static Curve logarithmic(Map<Double, Double> points) {
    return new Curve(new TreeMap<>(points), true);
  }

  /** Returns the value at x, or NaN where too little was measured. */
  double at(double x) {
    if (points.containsKey(x)) {
      return points.get(x);
    }
    Map.Entry<Double, Double> low = points.lowerEntry(x);
    Map.Entry<Double, Double> high = points.higherEntry(x);
    if (high == null && low != null && !logarithmic) {
      high = low;
      low = points.lowerEntry(high.getKey());
    }
    if (low == null || high == null) {
      return Double.NaN;
    }
    double share =
        (scaled(x) - scaled(low.getKey())) / (scaled(high.getKey()) - scaled(low.getKey()));
    double y = scaled(low.getValue()) * (1 - share) + scaled(high.getValue()) * share;
    return logarithmic ? Math.exp(y) : y;
  }

  /** Returns the curve with its values multiplied. */
  Curve times(double factor) {
    NavigableMap<Double, Double> products = new TreeMap<>(points);
    products.replaceAll((x, y) -> y * factor);
    return new Curve(products, logarithmic);
  }

  private double scaled(double value) {
    return logarithmic ? Math.log(value) : value;
  }
}
