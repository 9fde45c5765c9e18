package dev.sinter.compile;

import static dev.sinter.program.Expression.constant;
import static dev.sinter.program.Expression.input;

import dev.sinter.program.Expression;
import dev.sinter.program.Op;
import dev.sinter.program.Shape;
import dev.sinter.program.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Emits operations over the rows of a batch.
 *
 * @param rows B
 * @param columns C, of the outputs
 */
record BatchEmitter(ProgramBuilder program, int rows, int columns) {
  void emit(String label, Expression expression, List<Value> operands, Value result) {
    program.add(new Op.Elementwise(program.label(label), expression, operands, result));
  }

  void reduce(String label, Op.Reduction reduction, Value x, Value result) {
    program.add(new Op.Reduce(program.label(label), reduction, x, result));
  }

  /** Emits the sum over rows and columns of element * weight. */
  void sum(
      String name, Expression element, List<Value> operands, @Nullable Value weight, Value total) {
    Value elements = like(name + "/elements");
    emitWeighted(name + "/elements", element, operands, weight, elements);
    reduce(name + "/sum", Op.Reduction.SUM, elements, total);
  }

  /**
   * Emits expression * weight; 0 where the weight is 0, because the expression may be NaN if there
   * is no sample.
   */
  void emitWeighted(
      String label, Expression e, List<Value> operands, @Nullable Value weight, Value result) {
    if (weight == null) {
      emit(label, e, operands, result);
      return;
    }
    List<Value> more = new ArrayList<>(operands);
    more.add(weight);
    emit(label, weighted(e, input(operands.size())), more, result);
  }

  /** As {@link #emitWeighted}, divided by a number and by the number of samples. */
  void emitMean(
      String label,
      Expression e,
      int divisor,
      List<Value> operands,
      LossLowering.Labels labels,
      Value result) {
    if (labels.weight() == null) {
      emit(label, e.times(1.0 / ((double) rows * divisor)), operands, result);
      return;
    }
    List<Value> more = new ArrayList<>(operands);
    more.add(labels.weight());
    more.add(Objects.requireNonNull(labels.count(), "count and weight together"));
    Expression mean = e.times(1.0 / divisor).over(input(operands.size() + 1));
    emit(label, weighted(mean, input(operands.size())), more, result);
  }

  private static Expression weighted(Expression e, Expression weight) {
    return new Expression.Select(weight, e.times(weight), constant(0));
  }

  /** Returns a new value [B, C]. */
  Value like(String name) {
    return program.temporary(name, rows, columns);
  }

  /** Returns a new value [B, 1]. */
  Value column(String name) {
    return program.temporary(name, rows, 1);
  }

  /** Returns a new value [1, 1]. */
  Value scalar(String name) {
    return program.temporary(name, Shape.SCALAR.rows(), Shape.SCALAR.columns());
  }
}
