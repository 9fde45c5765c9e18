package dev.sinter.metrics;

import dev.sinter.losses.Loss;

/**
 * A value that training reports in addition to the loss: a formula of sums over samples. Immutable:
 * any number of threads may use it.
 *
 * <p>Metrics without options are constants here; the others are records, such as {@link Precision}.
 * A metric of your own is an {@link ElementwiseMetric}, which is an expression, or a {@link
 * SummedMetric}, which is several. Source: Keras, metrics/accuracy_metrics.py,
 * trainers/compile_utils.py.
 */
public sealed interface Metric permits Accuracy, ElementwiseMetric, SummedMetric, Weighted {
  /**
   * The share of samples that are right; which accuracy is meant follows from the shapes, not from
   * the loss: one output is binary; one label column beside several outputs is a class index; else
   * both rows are compared by their largest element.
   */
  Metric ACCURACY = new Accuracy("accuracy", Accuracy.Kind.BY_SHAPE);

  /** argmax of the outputs equals the class index. */
  Metric SPARSE_CATEGORICAL_ACCURACY =
      new Accuracy("sparse_categorical_accuracy", Accuracy.Kind.SPARSE_CATEGORICAL);

  /** argmax of the outputs equals argmax of the label row. */
  Metric CATEGORICAL_ACCURACY = new Accuracy("categorical_accuracy", Accuracy.Kind.CATEGORICAL);

  /** (output > 0.5) equals the label, mean over a sample's outputs. */
  Metric BINARY_ACCURACY = new Accuracy("binary_accuracy", Accuracy.Kind.BINARY);

  /** (output - label)^2, mean over a sample's outputs. */
  Metric MEAN_SQUARED_ERROR = NamedMetric.of(Loss.MEAN_SQUARED_ERROR);

  /** |output - label|, mean over a sample's outputs. */
  Metric MEAN_ABSOLUTE_ERROR = NamedMetric.of(Loss.MEAN_ABSOLUTE_ERROR);

  /** {@link Loss#MEAN_ABSOLUTE_PERCENTAGE_ERROR}. */
  Metric MEAN_ABSOLUTE_PERCENTAGE_ERROR = NamedMetric.of(Loss.MEAN_ABSOLUTE_PERCENTAGE_ERROR);

  /** {@link Loss#MEAN_SQUARED_LOGARITHMIC_ERROR}. */
  Metric MEAN_SQUARED_LOGARITHMIC_ERROR = NamedMetric.of(Loss.MEAN_SQUARED_LOGARITHMIC_ERROR);

  /** {@link Loss#LOG_COSH}. */
  Metric LOG_COSH_ERROR = NamedMetric.of("logcosh", Loss.LOG_COSH);

  /** {@link Loss#KL_DIVERGENCE}. */
  Metric KL_DIVERGENCE = NamedMetric.of(Loss.KL_DIVERGENCE);

  /** {@link Loss#POISSON}. */
  Metric POISSON = NamedMetric.of(Loss.POISSON);

  /** {@link Loss#HINGE}. */
  Metric HINGE = NamedMetric.of(Loss.HINGE);

  /** {@link Loss#SQUARED_HINGE}. */
  Metric SQUARED_HINGE = NamedMetric.of(Loss.SQUARED_HINGE);

  /** Returns the key in histories and evaluations: Keras's name, in snake case. */
  String name();

  /** Returns whether a model gets better as this rises; callbacks go by it. */
  boolean higherIsBetter();

  /**
   * Returns this metric with samples counted by their weights, those of the dataset: one of Keras's
   * weighted metrics.
   */
  Metric weighted();

  /** Returns the number of sums over samples that the value is made of. */
  int width(int outputs);

  /**
   * Returns the value.
   *
   * @param sums over samples
   * @param samples their number, or the sum of their weights
   */
  double value(double[] sums, double samples);

  /**
   * Returns the metric with Keras's name for it or its class's name, in any case; {@code acc},
   * {@code mse} and {@code mae} are short.
   */
  static Metric of(String name) {
    return MetricNames.KNOWN.get(name);
  }
}
