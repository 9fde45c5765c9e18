package dev.sinter.metrics;

import dev.sinter.errors.InputException;
import dev.sinter.errors.KnownNames;
import dev.sinter.program.Op.Accuracy;
import java.util.List;
import java.util.Locale;

/**
 * What training reports besides the loss. Source: Keras, metrics/accuracy_metrics.py,
 * trainers/compile_utils.py.
 */
public enum Metric {
  /**
   * The share of samples that are right; which accuracy is meant follows from the shapes, not from
   * the loss.
   */
  ACCURACY(null),
  /** argmax of the outputs equals the class index. */
  SPARSE_CATEGORICAL_ACCURACY(Accuracy.SPARSE_CATEGORICAL),
  /** argmax of the outputs equals argmax of the label row. */
  CATEGORICAL_ACCURACY(Accuracy.CATEGORICAL),
  /** (output > 0.5) equals the label, mean over a sample's outputs. */
  BINARY_ACCURACY(Accuracy.BINARY);

  private static final KnownNames<Metric> KNOWN =
      KnownNames.of("metric", List.of(values()), Metric::toString).with("acc", ACCURACY);

  private final Accuracy accuracy;

  Metric(Accuracy accuracy) {
    this.accuracy = accuracy;
  }

  /**
   * Returns the metric with Keras's name for it or its class's name, in any case; {@code acc} is
   * short for accuracy.
   */
  public static Metric of(String name) {
    return KNOWN.get(name);
  }

  /**
   * Returns how samples are counted for outputs and labels of these widths: one output is binary;
   * one label column beside several outputs is a class index; else both rows are compared by their
   * largest element.
   */
  public Accuracy resolve(int outputColumns, int labelColumns) {
    if (accuracy != null) {
      int needed = accuracy == Accuracy.SPARSE_CATEGORICAL ? 1 : outputColumns;
      if (labelColumns != needed) {
        throw InputException.of(
            "metric " + this,
            needed + " label columns for " + outputColumns + " outputs",
            labelColumns,
            "Use accuracy: it fits itself to the labels");
      }
      return accuracy;
    }
    if (outputColumns == 1) {
      return Accuracy.BINARY;
    }
    return labelColumns == 1 ? Accuracy.SPARSE_CATEGORICAL : Accuracy.CATEGORICAL;
  }

  /** Returns Keras's name, the key in histories and evaluations. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
