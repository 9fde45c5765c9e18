package dev.sinter.compile;

import static dev.sinter.program.Expression.constant;
import static dev.sinter.program.Expression.input;

import dev.sinter.errors.InputException;
import dev.sinter.program.Expression;
import dev.sinter.program.Op;
import dev.sinter.program.Op.CrossEntropyKind;
import dev.sinter.program.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Emits the losses of all outputs of a model, and their weighted sum. */
final class Losses {
  private final ProgramBuilder program;
  private final Graph graph;
  private final List<Goal> goals;
  private final List<Value> results = new ArrayList<>();

  /** Creates the losses of the graph's ends; there is one goal for each. */
  Losses(ProgramBuilder program, Graph graph, List<Goal> goals) {
    this.program = program;
    this.graph = graph;
    this.goals = goals;
  }

  /** Returns the nodes whose outputs the losses read: a folded one reads what feeds the end. */
  List<Integer> read() {
    List<Integer> read = new ArrayList<>();
    for (int i = 0; i < goals.size(); i++) {
      boolean atEnd = folded(i) == null;
      read.add(atEnd ? graph.ends().get(i) : graph.endNodes().get(i).inputs().get(0));
    }
    return read;
  }

  private @Nullable CrossEntropyKind folded(int goal) {
    return ObjectiveRules.folded(
        goals.get(goal).loss(), graph.endNodes().get(goal).rule().activation());
  }

  /**
   * Emits the losses.
   *
   * @param outputs of the nodes that {@link #read} names
   * @param labels of all outputs, side by side
   * @return the gradients of the outputs; none unless wanted
   */
  List<Value> emit(List<Value> outputs, LossLowering.Labels labels, boolean training) {
    List<Value> gradients = new ArrayList<>();
    List<Value> losses = new ArrayList<>();
    List<Integer> widths = widths(labels.y().shape().columns());
    int column = 0;
    for (int i = 0; i < goals.size(); i++) {
      Goal goal = goals.get(i);
      Value y = columns(labels.y(), column, widths.get(i));
      column += widths.get(i);
      LossLowering lowering =
          new LossLowering(
              program,
              goal.loss(),
              goal.metrics(),
              outputs.get(i),
              new LossLowering.Labels(y, labels.weight(), labels.count()));
      CrossEntropyKind folded = folded(i);
      Value gradient =
          folded == null ? lowering.composed(training) : lowering.folded(folded, training);
      if (gradient != null) {
        gradients.add(goal.weight() == 1 ? gradient : weighted(gradient, goal.weight()));
      }
      losses.add(lowering.results().get(0));
      results.addAll(lowering.results());
    }
    total(losses);
    return gradients;
  }

  /** Returns how many columns of labels each output has. */
  private List<Integer> widths(int labelColumns) {
    List<Graph.Node> ends = graph.endNodes();
    if (ends.size() == 1) {
      Graph.Node end = ends.get(0);
      String where = "layer " + end.layer();
      ObjectiveRules.requireLabels(where, goals.get(0).loss(), end.outputs().size(), labelColumns);
      return List.of(labelColumns);
    }
    List<Integer> widths = new ArrayList<>();
    for (int i = 0; i < ends.size(); i++) {
      widths.add(goals.get(i).loss().labelColumns(ends.get(i).outputs().size()));
    }
    int all = widths.stream().mapToInt(Integer::intValue).sum();
    if (labelColumns != all) {
      throw InputException.of(
          "labels of the outputs " + ends.stream().map(Graph.Node::layer).toList(),
          "%s columns, %s side by side".formatted(all, widths),
          labelColumns,
          "Give the labels of each output, in this order");
    }
    return widths;
  }

  private Value columns(Value y, int first, int columns) {
    if (columns == y.shape().columns()) {
      return y;
    }
    Value part = program.temporary("y-part", y.shape().rows(), columns);
    program.add(new Op.Slice(program.label("labels"), y, first, part));
    return part;
  }

  private Value weighted(Value gradient, double weight) {
    Value scaled =
        program.temporary("loss/weighted", gradient.shape().rows(), gradient.shape().columns());
    program.add(
        new Op.Elementwise(
            program.label("loss/weighted"), input(0).times(weight), List.of(gradient), scaled));
    return scaled;
  }

  /** Emits the weighted sum of the losses as the first result, unless it is the only loss. */
  private void total(List<Value> losses) {
    if (goals.size() == 1 && goals.get(0).weight() == 1) {
      return;
    }
    Expression sum = constant(0);
    for (int i = 0; i < losses.size(); i++) {
      sum = sum.plus(input(i).times(goals.get(i).weight()));
    }
    Value total = program.temporary("loss/total", 1, 1);
    program.add(new Op.Elementwise(program.label("loss/total"), sum, losses, total));
    if (goals.size() == 1) {
      results.set(0, total);
    } else {
      results.add(0, total);
    }
  }

  /** Returns the emitted results, in the order of {@link Objective#resultNames}. */
  List<Value> results() {
    return results;
  }
}
