package dev.sinter.metrics;

import static dev.sinter.program.Expression.constant;
import static dev.sinter.program.Expression.input;

import dev.sinter.errors.InputException;
import dev.sinter.program.Expression;
import dev.sinter.program.Expression.UnaryFunction;
import java.util.List;
import java.util.Objects;

/**
 * The area under a curve over thresholds, evenly spaced from 0 to 1. Over all samples and outputs.
 * Immutable: any number of threads may use it. Source: Keras, metrics/confusion_metrics.py.
 *
 * @param name the key in histories and evaluations, default {@code auc}
 * @param curve default {@link Curve#ROC}
 * @param thresholds 2 to 10000, default 200
 * @param fromLogits whether outputs are logits, which sigmoid takes to 0 to 1; default false
 */
public record Auc(String name, Curve curve, int thresholds, boolean fromLogits)
    implements SummedMetric {
  private static final double EPSILON = 1e-7;

  /** Which curve. */
  public enum Curve {
    /** The share of true positives over that of false positives, joined by straight lines. */
    ROC,
    /** Precision over recall, joined as Davis and Goadrich (2006) do. */
    PR
  }

  public Auc {
    Objects.requireNonNull(curve, "curve");
    if (thresholds < 2 || thresholds > 10_000) {
      throw InputException.of(
          "metric " + name + ", thresholds", "2 to 10000", thresholds, "Correct the number");
    }
  }

  /** Creates the metric for the ROC curve at 200 thresholds. */
  public Auc() {
    this("auc", Curve.ROC, 200, false);
  }

  /** Returns this metric under another name. */
  public Auc name(String value) {
    return new Auc(value, curve, thresholds, fromLogits);
  }

  /** Returns this metric for another curve. */
  public Auc curve(Curve value) {
    return new Auc(name, value, thresholds, fromLogits);
  }

  /** Returns this metric with another number of thresholds. */
  public Auc thresholds(int value) {
    return new Auc(name, curve, value, fromLogits);
  }

  /** Returns this metric for outputs that are logits, those of a linear layer, or shares. */
  public Auc fromLogits(boolean value) {
    return new Auc(name, curve, thresholds, value);
  }

  /** Returns whether p is above the threshold of the column; the first and last bound all p. */
  private Expression above() {
    Expression column = new Expression.Column();
    Expression last = column.equalTo(constant(thresholds - 1)).times(EPSILON);
    Expression first = column.equalTo(constant(0)).times(EPSILON);
    Expression p = fromLogits ? input(0).apply(UnaryFunction.SIGMOID) : input(0);
    return p.greater(column.over(constant(thresholds - 1)).plus(last).minus(first));
  }

  /** The true and the false positives by threshold, then all of them. */
  @Override
  public List<Sum> sums(int outputs) {
    Expression y = input(1);
    Expression other = constant(1).minus(y);
    return List.of(
        Sum.ofBounds(thresholds, above().times(y)),
        Sum.ofBounds(thresholds, above().times(other)),
        Sum.ofAll(y),
        Sum.ofAll(other));
  }

  @Override
  public double value(double[] sums, double samples) {
    double positives = sums[2 * thresholds];
    double negatives = sums[2 * thresholds + 1];
    double area = 0;
    for (int i = 0; i + 1 < thresholds; i++) {
      double tp = sums[i];
      double nextTp = sums[i + 1];
      double fp = sums[thresholds + i];
      double nextFp = sums[thresholds + i + 1];
      if (curve == Curve.ROC) {
        double width = Counts.share(fp, negatives) - Counts.share(nextFp, negatives);
        double heights = Counts.share(tp, positives) + Counts.share(nextTp, positives);
        area += width * heights / 2;
      } else {
        area += interpolated(tp, tp + fp, nextTp, nextTp + nextFp, positives);
      }
    }
    return area;
  }

  /** The area between two thresholds, of tp of p positives and of nextTp of nextP. */
  private static double interpolated(
      double tp, double p, double nextTp, double nextP, double positives) {
    double slope = Counts.share(tp - nextTp, Math.max(p - nextP, 0));
    double intercept = nextTp - slope * nextP;
    double ratio = p > 0 && nextP > 0 ? p / nextP : 1;
    return Counts.share(slope * (tp - nextTp + intercept * Math.log(ratio)), positives);
  }

  @Override
  public boolean higherIsBetter() {
    return true;
  }
}
