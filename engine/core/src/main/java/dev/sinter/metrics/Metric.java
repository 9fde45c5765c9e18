package dev.sinter.metrics;

/**
 * A value that training reports in addition to the loss: a mean over samples. Immutable: any number
 * of threads may use it. A metric of your own is an {@link ElementwiseMetric}: an expression.
 * Source: Keras, metrics/accuracy_metrics.py, trainers/compile_utils.py.
 */
public sealed interface Metric permits Accuracy, ElementwiseMetric {
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
  Metric MEAN_SQUARED_ERROR = NamedMetric.meanSquaredError();

  /** |output - label|, mean over a sample's outputs. */
  Metric MEAN_ABSOLUTE_ERROR = NamedMetric.meanAbsoluteError();

  /** Returns the key in histories and evaluations: Keras's name, in snake case. */
  String name();

  /** Returns whether a model gets better as this rises; callbacks go by it. */
  boolean higherIsBetter();

  /**
   * Returns the metric with Keras's name for it or its class's name, in any case; {@code acc},
   * {@code mse} and {@code mae} are short.
   */
  static Metric of(String name) {
    return MetricNames.KNOWN.get(name);
  }
}
