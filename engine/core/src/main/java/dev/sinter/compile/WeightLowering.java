package dev.sinter.compile;

import static dev.sinter.program.Expression.constant;
import static dev.sinter.program.Expression.input;

import dev.sinter.program.Expression;
import dev.sinter.program.Expression.UnaryFunction;
import dev.sinter.program.Op;
import dev.sinter.program.Shape;
import dev.sinter.program.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Emits what weights carry with them: penalties in the loss, and limits after an update. */
final class WeightLowering {
  private WeightLowering() {}

  /** Returns the penalties by weight. */
  static Map<Value, Weight.Penalty> penalties(Graph graph) {
    Map<Value, Weight.Penalty> penalties = new LinkedHashMap<>();
    for (Graph.Node node : graph.nodes()) {
      for (int i = 0; i < node.weights().size(); i++) {
        Weight.Penalty penalty = node.weights().get(i).penalty();
        if (penalty != null) {
          penalties.put(node.values().get(i), penalty);
        }
      }
    }
    return penalties;
  }

  /**
   * Returns the loss of a batch, a sum over samples, plus the penalties for each sample.
   *
   * @param count [1, 1], the number of samples; null for the batch
   */
  static Value penalized(
      ProgramBuilder program,
      Value loss,
      @Nullable Value count,
      Map<Value, Weight.Penalty> penalties) {
    List<Value> operands = new ArrayList<>(List.of(loss));
    Expression samples = constant(program.batch());
    if (count != null) {
      samples = input(operands.size());
      operands.add(count);
    }
    Expression total = input(0);
    for (Map.Entry<Value, Weight.Penalty> each : penalties.entrySet()) {
      Value weight = each.getKey();
      total = total.plus(samples.times(input(operands.size())));
      operands.add(program.sum(weight.name() + "/penalty", each.getValue().value(), weight));
    }
    Value penalized = program.temporary("loss/penalized", 1, 1);
    program.add(new Op.Elementwise(program.label("loss/penalized"), total, operands, penalized));
    return penalized;
  }

  /** Emits w = limit(w) for each weight that has a limit. */
  static void limit(ProgramBuilder program, Graph graph) {
    Map<Value, Weight> limited = new LinkedHashMap<>();
    for (Graph.Node node : graph.nodes()) {
      for (int i = 0; i < node.weights().size(); i++) {
        if (node.weights().get(i).limit() != null) {
          limited.put(node.values().get(i), node.weights().get(i));
        }
      }
    }
    limited.forEach((value, weight) -> limit(program, value, weight));
  }

  private static void limit(ProgramBuilder program, Value value, Weight weight) {
    Expression formula = weight.limit().value();
    List<Value> operands = new ArrayList<>(List.of(value));
    if (formula.largestInput() > 0) {
      Shape norms = weight.normShape();
      Value squares = like(program, value, "squares");
      emit(program, input(0).apply(UnaryFunction.SQUARE), List.of(value), squares);
      Value sums =
          program.temporary(value.name() + "/norms-squared", norms.rows(), norms.columns());
      program.add(new Op.Reduce(program.label(sums.name()), Op.Reduction.SUM, squares, sums));
      operands.add(sums);
      formula = formula.substitute(input(0), input(1).apply(UnaryFunction.SQRT));
    }
    Value within = like(program, value, "limited");
    emit(program, formula, operands, within);
    emit(program, input(0), List.of(within), value);
  }

  private static void emit(
      ProgramBuilder program, Expression expression, List<Value> operands, Value result) {
    program.add(
        new Op.Elementwise(program.label(result.name() + "/limit"), expression, operands, result));
  }

  private static Value like(ProgramBuilder program, Value value, String name) {
    return program.temporary(
        value.name() + "/" + name, value.shape().rows(), value.shape().columns());
  }
}
