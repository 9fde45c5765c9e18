package dev.sinter.compile;

import static dev.sinter.program.Expression.constant;
import static dev.sinter.program.Expression.input;

import dev.sinter.losses.CrossEntropy;
import dev.sinter.losses.Loss;
import dev.sinter.metrics.Accuracy;
import dev.sinter.metrics.ElementwiseMetric;
import dev.sinter.metrics.Metric;
import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Expression;
import dev.sinter.program.Op;
import dev.sinter.program.Op.CrossEntropyKind;
import dev.sinter.program.Shape;
import dev.sinter.program.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Emits loss, gradient and counts after a forward pass.
 *
 * <p>Results: the sum of the losses of the samples, then one count per metric. The gradient is that
 * of the mean loss.
 */
final class LossLowering {
  private final ProgramBuilder program;
  private final Loss loss;
  private final List<Metric> metrics;
  private final Value output; // [B, C], logits for the folded form
  private final Labels labels;
  private final List<Value> results = new ArrayList<>();
  private @Nullable Value outputs; // [B, C], null until a metric reads them

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
    this.loss = loss;
    this.metrics = metrics;
    this.output = output;
    this.labels = labels;
  }

  /** Returns the emitted loss and counts. */
  List<Value> results() {
    return results;
  }

  /** Emits the folded form on logits; returns dz, or null if no gradient is wanted. */
  @Nullable Value folded(CrossEntropyKind kind, boolean gradient) {
    Value dz = gradient ? like("loss/dz") : null;
    Value total = scalar("loss");
    results.add(total);
    Op.Accuracy first = null;
    if (!metrics.isEmpty() && metrics.get(0) instanceof Accuracy metric) {
      first = readsLogits(accuracy(metric), kind) ? accuracy(metric) : null;
    }
    Value correct = first == null ? null : scalar("correct");
    program.add(
        new Op.CrossEntropy(
            program.label("loss"),
            kind,
            output,
            labels.y,
            labels.weight,
            labels.count,
            dz,
            total,
            first,
            correct));
    if (correct != null) {
      results.add(correct);
    }
    measure(correct == null ? 0 : 1, kind);
    return dz;
  }

  /**
   * Emits the composed form on outputs; returns the gradient of the output, or null if none is
   * wanted.
   */
  @Nullable Value composed(boolean gradient) {
    Value total = scalar("loss");
    results.add(total);
    boolean classes =
        loss instanceof CrossEntropy crossEntropy
            && crossEntropy.labels() != CrossEntropy.Labels.SHARES;
    Value d = classes ? categorical(total, gradient) : elementwise(total, gradient);
    measure(0, null);
    return d;
  }

  private @Nullable Value elementwise(Value total, boolean gradient) {
    int columns = output.shape().columns();
    List<Value> operands = List.of(output, labels.y);
    sum("loss", ObjectiveRules.element(loss).times(1.0 / columns), operands, total);
    if (!gradient) {
      return null;
    }
    Value d = like("loss/d");
    emitWeighted("loss/gradient", ObjectiveRules.derivative(loss), columns, operands, d);
    return d;
  }

  /**
   * With s = sum_k p_k and g = the derivative of the element loss with respect to q = p / s: d_j =
   * (g_j - sum_k g_k q_k) / s / B. Operands are x0 = p, x1 = s, x2 = y.
   */
  private @Nullable Value categorical(Value total, boolean gradient) {
    Value sum = program.temporary("loss/p-sum", rows(), 1);
    program.add(new Op.Reduce(program.label("loss/p-sum"), Op.Reduction.SUM, output, sum));
    List<Value> operands = List.of(output, sum, labels.y);
    Expression q = input(0).over(input(1));
    Expression target =
        loss.equals(Loss.SPARSE_CATEGORICAL_CROSSENTROPY)
            ? input(2).equalTo(new Expression.Column())
            : input(2);
    sum("loss", ObjectiveRules.element(loss).substitute(q, target), operands, total);
    if (!gradient) {
      return null;
    }
    Value g = like("loss/g");
    emit("loss/g", ObjectiveRules.derivative(loss).substitute(q, target), operands, g);
    Value gq = like("loss/g*q");
    emit("loss/g*q", input(0).times(input(1).over(input(2))), List.of(g, output, sum), gq);
    Value gqSum = program.temporary("loss/g*q-sum", rows(), 1);
    program.add(new Op.Reduce(program.label("loss/g*q-sum"), Op.Reduction.SUM, gq, gqSum));
    Value d = like("loss/d");
    Expression derivative = input(0).minus(input(1)).over(input(2));
    emitWeighted("loss/gradient", derivative, 1, List.of(g, gqSum, sum), d);
    return d;
  }

  /** Whether logits order and part the classes as the outputs do: 0.5 is no bound of softmax's. */
  private static boolean readsLogits(Op.Accuracy accuracy, CrossEntropyKind kind) {
    return kind == CrossEntropyKind.SIGMOID || accuracy != Op.Accuracy.BINARY;
  }

  /**
   * Emits the metrics from an index on.
   *
   * @param kind the folded form whose logits are the output here, or null for outputs
   */
  private void measure(int from, @Nullable CrossEntropyKind kind) {
    for (int i = from; i < metrics.size(); i++) {
      Value total = scalar(i == 0 ? "correct" : "correct_" + i);
      if (metrics.get(i) instanceof Accuracy metric) {
        Op.Accuracy accuracy = accuracy(metric);
        boolean logits = kind != null && readsLogits(accuracy, kind);
        Value scores = logits ? output : outputs(kind);
        String label = program.label("count");
        double threshold = logits ? 0 : 0.5;
        program.add(
            new Op.CountCorrect(
                label, accuracy, scores, labels.y, labels.weight, threshold, total));
      } else {
        int columns = output.shape().columns();
        Expression element =
            ObjectiveRules.element(
                (ElementwiseMetric) metrics.get(i), columns, labels.y.shape().columns());
        List<Value> operands = List.of(outputs(kind), labels.y);
        sum("metric_" + i, element.times(1.0 / columns), operands, total);
      }
      results.add(total);
    }
  }

  /** Returns the outputs, which are made of logits when they are first asked for. */
  private Value outputs(@Nullable CrossEntropyKind kind) {
    if (outputs == null) {
      outputs = kind == null ? output : like("outputs");
      if (kind == CrossEntropyKind.SIGMOID) {
        emit("outputs", ActivationFunction.SIGMOID.forward(), List.of(output), outputs);
      } else if (kind != null) {
        program.add(new Op.Softmax(program.label("outputs"), output, outputs));
      }
    }
    return outputs;
  }

  private Op.Accuracy accuracy(Accuracy metric) {
    return ObjectiveRules.accuracy(metric, output.shape().columns(), labels.y.shape().columns());
  }

  private void sum(String name, Expression element, List<Value> operands, Value total) {
    Value elements = like(name + "/elements");
    emitWeighted(name + "/elements", element, 0, operands, elements);
    program.add(new Op.Reduce(program.label(name + "/sum"), Op.Reduction.SUM, elements, total));
  }

  private void emit(String label, Expression expression, List<Value> operands, Value result) {
    program.add(new Op.Elementwise(program.label(label), expression, operands, result));
  }

  /**
   * Emits expression * weight; 0 where the weight is 0, because the expression may be NaN if there
   * is no sample.
   *
   * @param mean if not 0, the result is also divided by this number and by the number of samples
   */
  private void emitWeighted(
      String label, Expression e, int mean, List<Value> operands, Value result) {
    int next = operands.size();
    List<Value> more = new ArrayList<>(operands);
    Expression term = e;
    if (labels.weight == null) {
      term = mean == 0 ? e : e.times(1.0 / ((double) rows() * mean));
    } else {
      more.add(labels.weight);
      if (mean > 0) {
        more.add(Objects.requireNonNull(labels.count, "count and weight together"));
        term = e.times(1.0 / mean).over(input(next + 1));
      }
      term = new Expression.Select(input(next), term.times(input(next)), constant(0));
    }
    emit(label, term, more, result);
  }

  private int rows() {
    return output.shape().rows();
  }

  private Value like(String name) {
    return program.temporary(name, rows(), output.shape().columns());
  }

  private Value scalar(String name) {
    return program.temporary(name, Shape.SCALAR.rows(), Shape.SCALAR.columns());
  }
}
