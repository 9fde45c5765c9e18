package dev.sinter.metrics;

import java.util.Objects;

/**
 * The share of samples that are right, from 0 to 1. Immutable: any number of threads may use it.
 *
 * @param name the key in histories and evaluations
 * @param kind when a sample is right
 */
public record Accuracy(String name, Kind kind) implements Metric {
  /** When a sample is right. */
  public enum Kind {
    /** One of the others, by the widths of outputs and labels: see {@link Metric#ACCURACY}. */
    BY_SHAPE,
    /** argmax of the outputs equals the class index. */
    SPARSE_CATEGORICAL,
    /** argmax of the outputs equals argmax of the label row. */
    CATEGORICAL,
    /** (output > 0.5) equals the label; counts by outputs. */
    BINARY
  }

  public Accuracy {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(kind, "kind");
  }

  @Override
  public Metric weighted() {
    return new Weighted(name(), this);
  }

  @Override
  public int width(int outputs) {
    return 1;
  }

  /** Returns the mean, which is 0 of no weight. */
  @Override
  public double value(double[] sums, double samples) {
    return Counts.share(sums[0], samples);
  }

  @Override
  public boolean higherIsBetter() {
    return true;
  }

  @Override
  public String toString() {
    return name;
  }
}
