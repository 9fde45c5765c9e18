package dev.sinter.metrics;

import dev.sinter.program.Expression;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How many of the outputs above a threshold are right: TP / (TP + FP) over all samples and outputs,
 * 0 where none is above. Immutable: any number of threads may use it. Source: Keras,
 * metrics/confusion_metrics.py.
 *
 * @param name the key in histories and evaluations, default {@code precision}
 * @param threshold an output above it means 1; from 0 to 1, default 0.5
 * @param classId the only output that counts, or null, the default, for all
 */
public record Precision(String name, double threshold, @Nullable Integer classId)
    implements SummedMetric {
  public Precision {
    Counts.check(name, threshold, classId);
  }

  /** Creates the metric with a threshold of 0.5 over all outputs. */
  public Precision() {
    this("precision", 0.5, null);
  }

  /** Returns this metric under another name. */
  public Precision name(String value) {
    return new Precision(value, threshold, classId);
  }

  /** Returns this metric with another threshold. */
  public Precision threshold(double value) {
    return new Precision(name, value, classId);
  }

  /** Returns this metric for one output alone. */
  public Precision classId(int value) {
    return new Precision(name, threshold, value);
  }

  @Override
  public List<Sum> sums(int outputs) {
    Expression positive = Counts.above(threshold);
    return List.of(
        Counts.of(name, classId, outputs, positive.times(Counts.TRUE)),
        Counts.of(name, classId, outputs, positive.times(Counts.FALSE)));
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
