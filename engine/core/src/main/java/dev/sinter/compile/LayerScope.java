package dev.sinter.compile;

import dev.sinter.program.Expression;
import dev.sinter.program.Op;
import dev.sinter.program.Value;
import java.util.List;

/** Where a {@link LayerRule} writes its operations: one node of a model in one program. */
public final class LayerScope {
  /** What a program is for. */
  public enum Phase {
    /** A training step. */
    TRAIN,
    /** Evaluation and prediction. */
    INFER
  }

  private final Network network;
  private final Graph.Node node;
  private final List<Value> weights;
  private final String output;

  LayerScope(Network network, Graph.Node node, boolean last) {
    this.network = network;
    this.node = node;
    this.weights = node.values();
    this.output = last ? "output" : "z"; // before the rest of the layer
  }

  /** Returns whether the program trains or infers. */
  public Phase phase() {
    return network.phase();
  }

  /** Returns what comes in, [B, inputs], of a layer with one input. */
  public Value input() {
    return input(0);
  }

  /** Returns one of the inputs. */
  public Value input(int index) {
    return network.output(node.inputs().get(index));
  }

  /** Returns what went out, in the backward pass. */
  public Value output() {
    return network.output(node);
  }

  /** Returns a weight by its place among the rule's weights. */
  public Value weight(int index) {
    return weights.get(index);
  }

  /** Returns where the backward pass writes the gradient of a weight. */
  public Value gradientOf(int weight) {
    return network.gradientOf(weights.get(weight));
  }

  /** Returns whether anything before an input is trained. */
  public boolean wantsGradient(int input) {
    return network.isTrained(node.inputs().get(input));
  }

  /** Returns a new value [B, columns], named after the layer. */
  public Value temporary(String name, int columns) {
    return network.program().temporary(named(name), network.program().batch(), columns);
  }

  /** Returns a new value of another shape. */
  public Value temporary(String name, int rows, int columns) {
    return network.program().temporary(named(name), rows, columns);
  }

  /** Returns the value for what goes out: [B, outputs]. */
  public Value newOutput() {
    return temporary(output, node.outputs().size());
  }

  /** Returns a label for an operation, named after the layer and unique in the program. */
  public String label(String name) {
    return network.program().label(named(name));
  }

  /** Appends an operation. */
  public void add(Op op) {
    network.program().add(op);
  }

  /** Appends result = expression(operands), and returns the result. */
  public Value elementwise(String label, Expression expression, Value result, Value... operands) {
    add(new Op.Elementwise(label(label), expression, List.of(operands), result));
    return result;
  }

  /** Appends numbers from [0, 1) that differ from step to step, [B, columns]; returns them. */
  public Value randomUniform(String name, int columns) {
    Value numbers = temporary(name, columns);
    add(new Op.RandomUniform(label(name), network.program().nextStream(), numbers));
    return numbers;
  }

  private String named(String name) {
    return node.layer() + "/" + name;
  }
}
