package dev.sinter.compile;

import static dev.sinter.program.Expression.constant;
import static dev.sinter.program.Expression.input;

import dev.sinter.losses.Loss;
import dev.sinter.program.Expression;
import dev.sinter.program.Op;
import dev.sinter.program.Op.CrossEntropyKind;
import dev.sinter.program.Shape;
import dev.sinter.program.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * Emits loss, gradient and counts behind a forward pass.
 *
 * <p>Results: the sum of the samples' losses, then one count a metric. The gradient is that of the
 * mean loss.
 */
final class LossLowering {
  private final ProgramBuilder program;
  private final Loss loss;
  private final List<Op.Accuracy> accuracies;
  private final Value output; // [B, C]
  private final Labels labels;
  private final List<Value> results = new ArrayList<>();

  /**
   * What the outputs are compared with.
   *
   * @param y [B, K]
   * @param weight [B, 1], or null for 1 each
   * @param count [1, 1], the samples of the batch; null with the weight, for B
   */
  record Labels(Value y, Value weight, Value count) {}

  LossLowering(
      ProgramBuilder program,
      Loss loss,
      List<Op.Accuracy> accuracies,
      Value output,
      Labels labels) {
    this.program = program;
    this.loss = loss;
    this.accuracies = accuracies;
    this.output = output;
    this.labels = labels;
  }

  /** Returns loss and counts, once emitted. */
  List<Value> results() {
    return results;
  }

  /** Emits the folded form on logits; returns dz, or null where no gradient is wanted. */
  Value folded(CrossEntropyKind kind, boolean gradient) {
    Value dz = gradient ? like("loss/dz") : null;
    Value total = scalar("loss");
    results.add(total);
    Op.Accuracy first = accuracies.isEmpty() ? null : accuracies.get(0);
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
      count(1, 0);
    }
    return dz;
  }

  /**
   * Emits the composed form on outputs; returns the gradient by the output, or null where none is
   * wanted.
   */
  Value composed(boolean gradient) {
    Value total = scalar("loss");
    results.add(total);
    Value d = loss.isCategorical() ? categorical(total, gradient) : elementwise(total, gradient);
    count(0, 0.5);
    return d;
  }

  private Value elementwise(Value total, boolean gradient) {
    int columns = output.shape().columns();
    List<Value> operands = List.of(output, labels.y);
    sum(loss.element().times(1.0 / columns), operands, total);
    if (!gradient) {
      return null;
    }
    Value d = like("loss/d");
    emitWeighted("loss/gradient", loss.elementDerivative(), columns, operands, d);
    return d;
  }

  /**
   * With s = sum_k p_k and g = the derivative of the element's loss by q = p / s: d_j = (g_j -
   * sum_k g_k q_k) / s / B. Operands are x0 = p, x1 = s, x2 = y.
   */
  private Value categorical(Value total, boolean gradient) {
    Value sum = program.temporary("loss/p-sum", rows(), 1);
    program.add(new Op.Reduce(program.label("loss/p-sum"), Op.Reduction.SUM, output, sum));
    List<Value> operands = List.of(output, sum, labels.y);
    Expression q = input(0).over(input(1));
    Expression target =
        loss == Loss.SPARSE_CATEGORICAL_CROSSENTROPY
            ? input(2).equalTo(new Expression.Column())
            : input(2);
    sum(loss.element().substitute(q, target), operands, total);
    if (!gradient) {
      return null;
    }
    Value g = like("loss/g");
    emit("loss/g", loss.elementDerivative().substitute(q, target), operands, g);
    Value gq = like("loss/g*q");
    emit("loss/g*q", input(0).times(input(1).over(input(2))), List.of(g, output, sum), gq);
    Value gqSum = program.temporary("loss/g*q-sum", rows(), 1);
    program.add(new Op.Reduce(program.label("loss/g*q-sum"), Op.Reduction.SUM, gq, gqSum));
    Value d = like("loss/d");
    Expression derivative = input(0).minus(input(1)).over(input(2));
    emitWeighted("loss/gradient", derivative, 1, List.of(g, gqSum, sum), d);
    return d;
  }

  private void count(int from, double threshold) {
    for (int i = from; i < accuracies.size(); i++) {
      Value correct = scalar(i == 0 ? "correct" : "correct_" + i);
      program.add(
          new Op.CountCorrect(
              program.label("count"),
              accuracies.get(i),
              output,
              labels.y,
              labels.weight,
              threshold,
              correct));
      results.add(correct);
    }
  }

  private void sum(Expression element, List<Value> operands, Value total) {
    Value elements = like("loss/elements");
    emitWeighted("loss/elements", element, 0, operands, elements);
    program.add(new Op.Reduce(program.label("loss/sum"), Op.Reduction.SUM, elements, total));
  }

  private void emit(String label, Expression expression, List<Value> operands, Value result) {
    program.add(new Op.Elementwise(program.label(label), expression, operands, result));
  }

  /**
   * Emits expression * weight; 0 where that is 0, as the expression of no sample may be NaN.
   *
   * @param mean divides it besides by so many, and by the number of samples; 0 for no mean
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
        more.add(labels.count);
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
