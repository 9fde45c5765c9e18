package dev.sinter.metrics;

import static dev.sinter.program.Expression.constant;

import dev.sinter.program.Expression;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How many of the labels that are 1 have an output above a threshold: TP / (TP + FN) over all
 * samples and outputs, 0 where no label is 1. Immutable: any number of threads may use it. Source:
 * Keras, metrics/confusion_metrics.py.
 *
 * @param name the key in histories and evaluations, default {@code recall}
 * @param threshold an output above it means 1; from 0 to 1, default 0.5
 * @param classId the only output that counts, or null, the default, for all
 */
public record Recall(String name, double threshold, @Nullable Integer classId)
    implements SummedMetric {
  public Recall {
    Counts.check(name, threshold, classId);
  }

  /** Creates the metric with a threshold of 0.5 over all outputs. */
  public Recall() {
    this("recall", 0.5, null);
  }

  /** Returns this metric under another name. */
  public Recall name(String value) {
    return new Recall(value, threshold, classId);
  }

  /** Returns this metric with another threshold. */
  public Recall threshold(double value) {
    return new Recall(name, value, classId);
  }

  /** Returns this metric for one output alone. */
  public Recall classId(int value) {
    return new Recall(name, threshold, value);
  }

  @Override
  public List<Sum> sums(int outputs) {
    Expression positive = Counts.above(threshold);
    return List.of(
        Counts.of(name, classId, outputs, positive.times(Counts.TRUE)),
        Counts.of(name, classId, outputs, constant(1).minus(positive).times(Counts.TRUE)));
  }

  @Override
  public double value(double[] sums, double samples) {
    return Counts.share(sums[0], sums[0] + sums[1]);
  }

  @Override
  public boolean higherIsBetter() {
    return true;
  }
}
