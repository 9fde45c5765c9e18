package dev.sinter.compile;

import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Expression;
import dev.sinter.program.Op;
import dev.sinter.program.Value;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

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
  private final int index; // of the node
  private final List<Value> weights;
  private final String output;
  private final Map<String, Value> made = new HashMap<>();
  private final Map<Integer, Value> gradients = new HashMap<>(); // by the weight's place
  private final Set<Value> written = new HashSet<>();

  LayerScope(Network network, Graph.Node node, int index, boolean last) {
    this.network = network;
    this.node = node;
    this.index = index;
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
    return network.output(index);
  }

  /** Returns a weight by its place among the rule's weights. */
  public Value weight(int index) {
    return weights.get(index);
  }

  /** Returns where the backward pass writes the gradient of a weight. */
  public Value gradientOf(int weight) {
    return gradients.computeIfAbsent(weight, k -> network.gradientOf(weights.get(k)));
  }

  /** Returns whether anything before an input is trained. */
  public boolean wantsGradient(int input) {
    return network.isTrained(node.inputs().get(input));
  }

  /** Returns a new value [B, columns], named after the layer. */
  public Value temporary(String name, int columns) {
    return temporary(name, network.program().batch(), columns);
  }

  /** Returns a new value of another shape. */
  public Value temporary(String name, int rows, int columns) {
    Value value = network.program().temporary(named(name), rows, columns);
    made.put(name, value);
    return value;
  }

  /** Returns a value that was made under a name before: by the forward pass, for the backward. */
  public Value made(String name) {
    return made.get(name);
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
    written.addAll(op.outputs());
    network.program().add(op);
  }

  boolean hasWritten(Value value) {
    return written.contains(value);
  }

  /** Appends result = expression(operands), and returns the result. */
  public Value elementwise(String label, Expression expression, Value result, Value... operands) {
    add(new Op.Elementwise(label(label), expression, List.of(operands), result));
    return result;
  }

  /**
   * Appends z = input W + b, and returns z.
   *
   * @param bias its place among the weights, or -1 for none
   */
  public Value product(String label, int kernel, int bias, Value z) {
    Value b = bias < 0 ? null : weight(bias);
    add(new Op.Dense(label(label), input(), weight(kernel), b, ActivationFunction.LINEAR, z));
    return z;
  }

  /**
   * Appends the gradients of z = input W + b by W and b; returns that by the input, or null where
   * it is not wanted.
   */
  public Value productGradients(int kernel, int bias, Value dz) {
    add(
        new Op.DenseGradWeights(
            label("grad-weights"),
            input(),
            dz,
            gradientOf(kernel),
            bias < 0 ? null : gradientOf(bias)));
    if (!wantsGradient(0)) {
      return null;
    }
    Value dx = temporary("dx", input().shape().columns());
    add(
        new Op.DenseGradInput(
            label("grad-input"), dz, weight(kernel), ActivationFunction.LINEAR, null, dx));
    return dx;
  }

  /**
   * Appends numbers from [0, 1) that differ from step to step, [B, columns]; returns them. For
   * training: evaluation and prediction have no steps that count.
   */
  public Value randomUniform(String name, int columns) {
    if (phase() == Phase.INFER) {
      throw new IllegalStateException(
          "layer "
              + node.layer()
              + ": expected random numbers in training alone, received one in"
              + " evaluation or prediction. This is a defect of the layer's rule.");
    }
    Value numbers = temporary(name, columns);
    add(new Op.RandomUniform(label(name), network.program().nextStream(), numbers));
    return numbers;
  }

  private String named(String name) {
    return node.layer() + "/" + name;
  }
}
