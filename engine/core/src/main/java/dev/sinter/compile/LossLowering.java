package dev.sinter.compile;

import static dev.sinter.program.Expression.constant;
import static dev.sinter.program.Expression.input;

import dev.sinter.losses.CategoricalHinge;
import dev.sinter.losses.CrossEntropy;
import dev.sinter.losses.ElementwiseLoss;
import dev.sinter.losses.Loss;
import dev.sinter.metrics.Accuracy;
import dev.sinter.metrics.Metric;
import dev.sinter.program.Expression;
import dev.sinter.program.Op;
import dev.sinter.program.Op.CrossEntropyKind;
import dev.sinter.program.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Emits loss, gradient and metrics after a forward pass.
 *
 * <p>Results: the sum of the losses of the samples, then the sums of each metric. The gradient is
 * that of the mean loss.
 */
final class LossLowering {
  private final ProgramBuilder program;
  private final BatchEmitter batch;
  private final Loss loss;
  private final List<Metric> metrics;
  private final Value output; // [B, C], logits for the folded form
  private final Labels labels;
  private final List<Value> results = new ArrayList<>();

  /**
   * The labels, with the weights and the number of the samples.
   *
   * @param y [B, K]
   * @param weight [B, 1], or null if all are 1
   * @param count [1, 1], the number of samples in the batch; null if weight is null, then B
   */
  record Labels(Value y, @Nullable Value weight, @Nullable Value count) {}

  LossLowering(
      ProgramBuilder program, Loss loss, List<Metric> metrics, Value output, Labels labels) {
    this.program = program;
    this.batch = new BatchEmitter(program, output.shape().rows(), output.shape().columns());
    this.loss = loss;
    this.metrics = metrics;
    this.output = output;
    this.labels = labels;
  }

  /** Returns the emitted loss and sums. */
  List<Value> results() {
    return results;
  }

  /** Emits the folded form on logits; returns dz, or null if no gradient is wanted. */
  @Nullable Value folded(CrossEntropyKind kind, boolean gradient) {
    return crossEntropy(kind, new MetricLowering(batch, output, kind, labels), gradient);
  }

  /**
   * Emits the composed form on outputs; returns the gradient of the output, or null if none is
   * wanted.
   */
  @Nullable Value composed(boolean gradient) {
    MetricLowering measures = new MetricLowering(batch, output, null, labels);
    if (loss instanceof CrossEntropy crossEntropy && crossEntropy.fromLogits()) {
      return crossEntropy(ObjectiveRules.ofLogits(crossEntropy), measures, gradient);
    }
    Value total = batch.scalar("loss");
    results.add(total);
    boolean classes =
        loss instanceof CrossEntropy crossEntropy
            && crossEntropy.labels() != CrossEntropy.Labels.SHARES;
    Value d;
    if (loss instanceof CategoricalHinge) {
      d = categoricalHinge(total, gradient);
    } else {
      d = classes ? categorical(total, gradient) : elementwise(total, gradient);
    }
    metrics.forEach(metric -> results.addAll(measures.measure(metric)));
    return d;
  }

  /** Emits a cross-entropy of logits, which also counts for the first metric if it can. */
  private @Nullable Value crossEntropy(
      CrossEntropyKind kind, MetricLowering measures, boolean gradient) {
    Value dz = gradient ? batch.like("loss/dz") : null;
    Value total = batch.scalar("loss");
    results.add(total);
    Value y = y();
    boolean counts =
        labels.weight == null
            && y.equals(labels.y)
            && !metrics.isEmpty()
            && metrics.get(0) instanceof Accuracy first
            && measures.readsLogits(first);
    Op.Accuracy accuracy = counts ? measures.accuracy((Accuracy) metrics.get(0)) : null;
    Value correct = counts ? batch.scalar("correct") : null;
    program.add(
        new Op.CrossEntropy(
            program.label("loss"),
            kind,
            output,
            y,
            labels.weight,
            labels.count,
            dz,
            total,
            accuracy,
            correct));
    if (correct != null) {
      results.add(correct);
    }
    metrics.stream().skip(counts ? 1 : 0).forEach(m -> results.addAll(measures.measure(m)));
    return dz;
  }

  /** Returns the labels as the loss reads them: smoothed, if it smooths. */
  private Value y() {
    if (!(loss instanceof CrossEntropy crossEntropy) || crossEntropy.labelSmoothing() == 0) {
      return labels.y;
    }
    int columns = output.shape().columns();
    Value smoothed = batch.like("loss/y");
    Expression formula = ObjectiveRules.smoothed(crossEntropy, columns);
    batch.emit("loss/y", formula, List.of(labels.y), smoothed);
    return smoothed;
  }

  private @Nullable Value elementwise(Value total, boolean gradient) {
    boolean summed = loss instanceof ElementwiseLoss own && own.isSummed();
    int divisor = summed ? 1 : output.shape().columns();
    List<Value> operands = List.of(output, y());
    Expression element = ObjectiveRules.element(loss).times(1.0 / divisor);
    batch.sum("loss", element, operands, labels.weight, total);
    if (!gradient) {
      return null;
    }
    Value d = batch.like("loss/d");
    Expression derivative = ObjectiveRules.derivative(loss);
    batch.emitMean("loss/gradient", derivative, divisor, operands, labels, d);
    return d;
  }

  /**
   * With s = sum_k p_k and g = the derivative of the element loss with respect to q = p / s: d_j =
   * (g_j - sum_k g_k q_k) / s / B. Operands are x0 = p, x1 = s, x2 = y.
   */
  private @Nullable Value categorical(Value total, boolean gradient) {
    Value sum = batch.column("loss/p-sum");
    batch.reduce("loss/p-sum", Op.Reduction.SUM, output, sum);
    List<Value> operands = List.of(output, sum, y());
    Expression q = input(0).over(input(1));
    boolean indices = loss.labelColumns(output.shape().columns()) < output.shape().columns();
    Expression target = indices ? input(2).equalTo(new Expression.Column()) : input(2);
    Expression element = ObjectiveRules.element(loss).substitute(q, target);
    batch.sum("loss", element, operands, labels.weight, total);
    if (!gradient) {
      return null;
    }
    Value g = batch.like("loss/g");
    batch.emit("loss/g", ObjectiveRules.derivative(loss).substitute(q, target), operands, g);
    Value gq = batch.like("loss/g*q");
    batch.emit("loss/g*q", input(0).times(input(1).over(input(2))), List.of(g, output, sum), gq);
    Value gqSum = batch.column("loss/g*q-sum");
    batch.reduce("loss/g*q-sum", Op.Reduction.SUM, gq, gqSum);
    Value d = batch.like("loss/d");
    Expression derivative = input(0).minus(input(1)).over(input(2));
    batch.emitMean("loss/gradient", derivative, 1, List.of(g, gqSum, sum), labels, d);
    return d;
  }

  /**
   * With the share r_j = (1 - y_j) p_j of the wrong classes, m = max_j r_j and h = 1 + m - sum_j
   * y_j p_j: the loss is max(0, h), and where h > 0 the derivative is (1 - y_j) / ties - y_j where
   * r_j = m, else -y_j.
   */
  private @Nullable Value categoricalHinge(Value total, boolean gradient) {
    Value right = batch.like("loss/right");
    batch.emit("loss/right", input(0).times(input(1)), List.of(output, labels.y), right);
    Value rightSum = batch.column("loss/right-sum");
    batch.reduce("loss/right-sum", Op.Reduction.SUM, right, rightSum);
    Value wrong = batch.like("loss/wrong");
    Expression share = constant(1).minus(input(1)).times(input(0));
    batch.emit("loss/wrong", share, List.of(output, labels.y), wrong);
    Value worst = batch.column("loss/worst");
    batch.reduce("loss/worst", Op.Reduction.MAXIMUM, wrong, worst);
    Value element = batch.column("loss/elements");
    Expression h = input(0).minus(input(1)).plus(constant(1));
    List<Value> margin = List.of(worst, rightSum);
    batch.emitWeighted("loss/elements", h.max(constant(0)), margin, labels.weight, element);
    batch.reduce("loss/sum", Op.Reduction.SUM, element, total);
    if (!gradient) {
      return null;
    }
    Value hit = batch.like("loss/hit");
    batch.emit("loss/hit", input(0).equalTo(input(1)), List.of(wrong, worst), hit);
    Value ties = batch.column("loss/ties");
    batch.reduce("loss/ties", Op.Reduction.SUM, hit, ties);
    Value d = batch.like("loss/d");
    Expression derivative =
        constant(1).minus(input(4)).times(input(2)).over(input(3)).minus(input(4));
    batch.emitMean(
        "loss/gradient",
        derivative.times(h.greater(constant(0))),
        1,
        List.of(worst, rightSum, hit, ties, labels.y),
        labels,
        d);
    return d;
  }
}
