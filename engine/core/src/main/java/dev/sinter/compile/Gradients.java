package dev.sinter.compile;

import static dev.sinter.program.Expression.constant;
import static dev.sinter.program.Expression.input;

import dev.sinter.program.Expression;
import dev.sinter.program.Expression.UnaryFunction;
import dev.sinter.program.Op;
import dev.sinter.program.State;
import dev.sinter.program.UpdateRule.Preparation;
import dev.sinter.program.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Leads the gradients of weights from the layers to the update: adds up the parts of shared weights
 * and the gradients of penalties, sums up over steps, scales down. A layer emits a gradient in its
 * final place if nothing of that is wanted.
 */
final class Gradients {
  private final ProgramBuilder program;
  private final State state;
  private final Preparation preparation;
  private final Map<Value, Weight.Penalty> penalties;
  private final Map<Value, List<Value>> parts = new LinkedHashMap<>(); // if not in the final place

  /**
   * Starts without gradients.
   *
   * @param penalties by weight
   */
  Gradients(
      ProgramBuilder program,
      State state,
      Preparation preparation,
      Map<Value, Weight.Penalty> penalties) {
    this.program = program;
    this.state = state;
    this.preparation = preparation;
    this.penalties = penalties;
    for (Value weight : state.parameters()) {
      if (!isFinal() || penalties.containsKey(weight)) {
        parts.put(weight, new ArrayList<>());
      }
    }
  }

  private boolean isFinal() {
    return !preparation.accumulates() && !preparation.clips();
  }

  /** Prepares for several parts of a gradient. */
  void share(Value weight) {
    parts.computeIfAbsent(weight, w -> new ArrayList<>());
  }

  /** Returns the value into which a node writes its part of the gradient of a weight. */
  Value part(Value weight) {
    List<Value> others = parts.get(weight);
    if (others == null) {
      return state.gradientOf(weight);
    }
    Value part = like(weight, "d");
    others.add(part);
    return part;
  }

  /** Starts from copies of the gradients that another program left in the state. */
  void take() {
    parts.forEach(
        (weight, list) ->
            list.add(emit(input(0), like(weight, "d"), List.of(state.gradientOf(weight)))));
  }

  /** Emits what lies between the parts and the update. */
  void finish() {
    Map<Value, Value> gradients = new LinkedHashMap<>(); // by weight
    parts.forEach((weight, list) -> gradients.put(weight, total(weight, list)));
    if (preparation.accumulates()) {
      gradients.replaceAll(this::mean);
    }
    if (preparation.clips() && preparation.global()) {
      clipTogether(gradients);
    } else if (preparation.clips()) {
      gradients.forEach(this::clip);
    }
  }

  /** Returns x0 + x1 + ... of so many inputs. */
  static Expression sum(int inputs) {
    Expression sum = input(0);
    for (int i = 1; i < inputs; i++) {
      sum = sum.plus(input(i));
    }
    return sum;
  }

  /** Adds up the parts and the penalty's gradient. */
  private Value total(Value weight, List<Value> list) {
    Weight.Penalty penalty = penalties.get(weight);
    if (list.size() == 1 && penalty == null && !isFinal()) {
      return list.get(0);
    }
    Expression sum = sum(list.size());
    List<Value> operands = new ArrayList<>(list);
    if (penalty != null) {
      sum = sum.plus(penalty.derivative().substitute(input(operands.size())));
      operands.add(weight);
    }
    Value total = isFinal() ? state.gradientOf(weight) : like(weight, "d");
    return emit(sum, total, operands);
  }

  /** Adds a gradient to the sum of its steps; returns the sum divided by the steps. */
  private Value mean(Value weight, Value gradient) {
    Value kept = state.slotOf(weight, preparation.accumulator());
    Value sum = emit(sum(2), like(weight, "sum"), List.of(gradient, kept));
    emit(input(0), kept, List.of(sum));
    Value mean = preparation.clips() ? like(weight, "mean") : state.gradientOf(weight);
    return emit(input(0).over(constant(preparation.steps())), mean, List.of(sum));
  }

  /** gradient * limit / max(norm, limit). */
  private void clip(Value weight, Value gradient) {
    Expression limit = constant(preparation.largestNorm());
    Expression norm = input(1).apply(UnaryFunction.SQRT);
    emit(
        input(0).times(limit).over(norm.max(limit)),
        state.gradientOf(weight),
        List.of(gradient, squares(weight, gradient)));
  }

  /**
   * Every gradient * limit * min(1 / norm, 1 / limit), the norm of all; NaN if the norm is not
   * finite.
   */
  private void clipTogether(Map<Value, Value> gradients) {
    List<Value> squares = new ArrayList<>();
    gradients.forEach((weight, gradient) -> squares.add(squares(weight, gradient)));
    Value all = squares.get(0);
    for (Value square : squares.subList(1, squares.size())) {
      all = emit(sum(2), program.temporary("gradients/squares", 1, 1), List.of(all, square));
    }
    Expression limit = constant(preparation.largestNorm());
    Expression norm = input(0).apply(UnaryFunction.SQRT);
    Expression smaller = constant(1).over(norm).min(constant(1 / preparation.largestNorm()));
    Value scale =
        emit(
            limit.times(smaller).plus(norm.minus(norm)),
            program.temporary("gradients/scale", 1, 1),
            Collections.singletonList(all));
    gradients.forEach(
        (weight, gradient) ->
            emit(input(0).times(input(1)), state.gradientOf(weight), List.of(gradient, scale)));
  }

  private Value squares(Value weight, Value gradient) {
    return program.sum(
        weight.name() + "/d-squares", input(0).apply(UnaryFunction.SQUARE), gradient);
  }

  private Value like(Value weight, String name) {
    return program.temporary(
        weight.name() + "/" + name, weight.shape().rows(), weight.shape().columns());
  }

  private Value emit(Expression expression, Value result, List<Value> operands) {
    program.add(new Op.Elementwise(program.label(result.name()), expression, operands, result));
    return result;
  }
}
