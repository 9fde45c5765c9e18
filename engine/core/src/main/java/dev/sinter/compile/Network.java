package dev.sinter.compile;

import dev.sinter.compile.Network.LayerScope.Phase;
import dev.sinter.errors.InputException;
import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Expression;
import dev.sinter.program.Op;
import dev.sinter.program.Shape;
import dev.sinter.program.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Emits the forward pass of all nodes of a model into one program, then their backward pass.
 *
 * <p>The backward pass walks the nodes from last to first. The gradient of a node is the sum of the
 * gradients that its successors return. The gradient of a shared weight is the sum over the nodes
 * that share it.
 */
public final class Network {
  private final ProgramBuilder program;
  private final List<Graph.Node> nodes;
  private final List<Integer> ends;
  private final Set<Integer> used; // nodes that the ends depend on
  private final Value x;
  private final Phase phase;
  private final List<@Nullable LayerScope> scopes = new ArrayList<>(); // by node, null if unused
  private final List<@Nullable Value> outputs = new ArrayList<>(); // likewise
  private final Set<Value> tracked = new HashSet<>(); // values that operations have written
  private final List<Boolean> trained =
      new ArrayList<>(); // whether the node or a predecessor has trained weights
  private final Gradients weightGradients;

  /**
   * Creates a network of the nodes that some need.
   *
   * @param ends the nodes whose outputs are wanted, or {@link Graph#INPUT}
   */
  Network(
      ProgramBuilder program,
      Gradients weightGradients,
      Graph graph,
      List<Integer> ends,
      Value x,
      Phase phase) {
    this.program = program;
    this.weightGradients = weightGradients;
    this.nodes = graph.nodes();
    this.ends = ends;
    this.used = graph.feeding(ends);
    this.x = x;
    this.phase = phase;
  }

  /** Emits the forward pass; returns the outputs of the ends. */
  List<Value> forward() {
    Map<Value, Integer> users = new HashMap<>();
    for (int i = 0; i < nodes.size(); i++) {
      Graph.Node node = nodes.get(i);
      if (!used.contains(i)) {
        scopes.add(null);
        outputs.add(null);
        trained.add(false);
        continue;
      }
      boolean last = !used.contains(i + 1) || !nodes.get(i + 1).layer().equals(node.layer());
      LayerScope scope = new LayerScope(node, i, last);
      scopes.add(scope);
      Value made = node.rule().forward(scope);
      Value output = withColumns(node, "forward", made, node.outputs().size());
      outputs.add(output);
      boolean own = node.weights().stream().anyMatch(Weight::trainable);
      trained.add(own || node.inputs().stream().anyMatch(this::isTrained));
      for (Value weight : node.values()) {
        boolean trainable = weight.kind() == Value.Kind.PARAMETER;
        if (trainable && users.merge(weight, 1, Integer::sum) == 2) {
          weightGradients.share(weight);
        }
      }
    }
    return ends.stream().map(this::output).toList();
  }

  /** Emits the gradients of all parameters, given the gradients of the outputs of the ends. */
  void backward(List<Value> ofEnds) {
    Map<Integer, List<Value>> gradients = new HashMap<>(); // node -> gradients of its output
    for (int i = 0; i < ends.size(); i++) {
      gradients.computeIfAbsent(ends.get(i), end -> new ArrayList<>()).add(ofEnds.get(i));
    }
    for (int i = nodes.size() - 1; i >= 0; i--) {
      if (!trained.get(i) || !gradients.containsKey(i)) {
        continue;
      }
      Graph.Node node = nodes.get(i);
      LayerScope scope = Objects.requireNonNull(scopes.get(i), "of a node in use");
      Value handed = total(node.layer() + "/d", gradients.get(i));
      List<@Nullable Value> back = node.rule().backward(scope, handed);
      int inputs = node.inputs().size();
      require(
          back.size() == inputs, node, "backward", "gradients by inputs: " + inputs, back.size());
      requireGradients(node, scope);
      for (int k = 0; k < inputs; k++) {
        int source = node.inputs().get(k);
        if (isTrained(source)) {
          String pass = "backward, input " + k;
          Value handedOn = withColumns(node, pass, back.get(k), node.from().get(k).size());
          gradients.computeIfAbsent(source, s -> new ArrayList<>()).add(handedOn);
        }
      }
    }
    weightGradients.finish();
  }

  /** Adds up parts in order; returns the part itself if it is the only one. */
  private Value total(String name, List<Value> parts) {
    Value like = parts.get(0);
    if (parts.size() == 1) {
      return like;
    }
    Value result = program.temporary(name, like.shape().rows(), like.shape().columns());
    Expression sum = Gradients.sum(parts.size());
    program.add(new Op.Elementwise(program.label(name), sum, parts, result));
    return result;
  }

  /** Returns a value of a rule; refuses null and another shape than [B, columns]. */
  private Value withColumns(Graph.Node node, String pass, @Nullable Value received, int columns) {
    Shape expected = new Shape(program.batch(), columns);
    if (received == null || !received.shape().equals(expected)) {
      throw defect(node, pass, "a value " + expected, received);
    }
    return received;
  }

  private static void requireGradients(Graph.Node node, LayerScope scope) {
    for (int k = 0; k < node.weights().size(); k++) {
      if (node.weights().get(k).trainable()) {
        Value gradient = scope.gradientOf(k);
        String expected = "an operation that writes " + gradient;
        require(scope.written.contains(gradient), node, "backward", expected, "none");
      }
    }
  }

  private static void require(
      boolean legal, Graph.Node node, String pass, Object expected, Object received) {
    if (!legal) {
      throw defect(node, pass, expected, received);
    }
  }

  private static IllegalStateException defect(
      Graph.Node node, String pass, Object expected, @Nullable Object received) {
    return new IllegalStateException(
        "layer %s, %s: expected %s, received %s. This is a defect of the layer's rule."
            .formatted(node.layer(), pass, expected, received));
  }

  private Value output(int node) {
    return node == Graph.INPUT ? x : Objects.requireNonNull(outputs.get(node), "of a node in use");
  }

  private boolean isTrained(int node) {
    return node != Graph.INPUT && trained.get(node);
  }

  /**
   * The place in which a {@link LayerRule} emits its operations: one node of a model in one
   * program.
   */
  public final class LayerScope {
    /** The purpose of a program. */
    public enum Phase {
      /** A training step. */
      TRAIN,
      /** Evaluation and prediction. */
      INFER
    }

    private final Graph.Node node;
    private final int index; // of the node
    private final List<Value> weights;
    private final String output;
    private final Map<String, Value> made = new HashMap<>();
    private final Map<Integer, Value> gradients = new HashMap<>(); // by weight index
    private final Set<Value> written = new HashSet<>();

    private LayerScope(Graph.Node node, int index, boolean last) {
      this.node = node;
      this.index = index;
      this.weights = node.values();
      this.output = last ? "output" : "z"; // "z" if nodes of the layer follow
    }

    /** Returns whether the program trains or infers. */
    public Phase phase() {
      return phase;
    }

    /** Returns the input [B, inputs] of a layer with one input. */
    public Value input() {
      return input(0);
    }

    /** Returns the number of inputs. */
    public int inputs() {
      return node.inputs().size();
    }

    /** Returns one of the inputs. */
    public Value input(int index) {
      return Network.this.output(node.inputs().get(index));
    }

    /** Returns the shape of a sample of one of the inputs, such as [28, 28, 1]. */
    public Features features(int index) {
      return node.from().get(index);
    }

    /** Returns the shape of a sample of a layer with one input. */
    public Features features() {
      return features(0);
    }

    /** Returns the output of the forward pass; for the backward pass. */
    public Value output() {
      return Network.this.output(index);
    }

    /** Returns a weight by its index among the weights of the rule. */
    public Value weight(int index) {
      return weights.get(index);
    }

    /** Returns the value into which the backward pass writes the gradient of a weight. */
    public Value gradientOf(int weight) {
      return gradients.computeIfAbsent(weight, k -> weightGradients.part(weights.get(k)));
    }

    /** Returns whether any layer before an input is trained. */
    public boolean wantsGradient(int input) {
      return isTrained(node.inputs().get(input));
    }

    /** Returns a new value [B, columns], named after the layer. */
    public Value temporary(String name, int columns) {
      return temporary(name, program.batch(), columns);
    }

    /** Returns a new value of another shape. */
    public Value temporary(String name, int rows, int columns) {
      Value value = program.temporary(named(name), rows, columns);
      made.put(name, value);
      return value;
    }

    /** Returns a value that the forward pass created under this name; for the backward pass. */
    public Value made(String name) {
      return Objects.requireNonNull(made.get(name), name);
    }

    /** Returns a new value for the output [B, outputs]. */
    public Value newOutput() {
      return temporary(output, node.outputs().size());
    }

    /** Returns a label for an operation, named after the layer and unique in the program. */
    public String label(String name) {
      return program.label(named(name));
    }

    /** Appends an operation. */
    public void add(Op op) {
      for (Value output : op.outputs()) {
        written.add(output);
        if (output.kind() == Value.Kind.TRACKED && !tracked.add(output)) {
          throw InputException.of(
              "layer " + node.layer(),
              "one place in the model, as each step changes its " + output.name(),
              "a second one",
              "Use a layer of its own in each place");
        }
      }
      program.add(op);
    }

    /**
     * Returns the elements of a temporary in the same order as rows of another length, without a
     * copy.
     */
    public Value reshaped(String name, Value x, int columns) {
      if (x.shape().columns() == columns) {
        return x;
      }
      Value result = temporary(name, x.shape().size() / columns, columns);
      add(new Op.Reshape(label(name), x, result));
      return result;
    }

    /** Appends result = expression(operands), and returns the result. */
    public Value elementwise(String label, Expression expression, Value result, Value... operands) {
      add(new Op.Elementwise(label(label), expression, List.of(operands), result));
      return result;
    }

    /**
     * Appends z = input W + b, and returns z.
     *
     * @param kernel the index of W among the weights
     * @param bias the index of b, or -1 for none
     */
    public Value product(String label, int kernel, int bias, Value z) {
      Value b = bias < 0 ? null : weight(bias);
      add(new Op.Dense(label(label), input(), weight(kernel), b, ActivationFunction.LINEAR, z));
      return z;
    }

    /**
     * Appends the gradients of W and b in z = input W + b; returns the gradient of the input, or
     * null if it is not wanted.
     */
    public @Nullable Value productGradients(int kernel, int bias, Value dz) {
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
     * Appends uniform random numbers from [0, 1), [B, columns], different in each step; returns
     * them. For training only, because evaluation and prediction do not count steps.
     */
    public Value randomUniform(String name, int columns) {
      if (phase() == Phase.INFER) {
        throw new IllegalStateException(
            "layer "
                + node.layer()
                + ": expected random numbers only in training, received one in"
                + " evaluation or prediction. This is a defect of the layer's rule.");
      }
      Value numbers = temporary(name, columns);
      add(new Op.RandomUniform(label(name), program.nextStream(), numbers));
      return numbers;
    }

    private String named(String name) {
      return node.layer() + "/" + name;
    }
  }
}
